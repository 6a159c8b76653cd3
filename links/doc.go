// Package links makes and reads the addresses that mails carry: to unsubscribe, to
// follow a link, to note that a mail was opened. Whatever an address says is signed, so
// that nobody can make one up, and each kind under a key of its own, so that none is
// good for anything else. It knows no store and no HTTP.
package links
