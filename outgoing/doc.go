// Package outgoing makes what goes out of the program — mails and HTTP calls — from the settings of a
// node, a scope and the store. Activities send what it makes, and the API shows the same to whoever
// draws a workflow. It never sends anything and never writes.
package outgoing
