// Command demo carries one purchase through a running Fermata: it creates what the
// example workflows need, publishes them, posts a purchase, and shows its six
// effects with links. It is for whoever sees Fermata for the first time, and it
// checks what it shows: an effect that is missing makes it exit with 1.
//
// It speaks to the product over HTTP only, like any program of a customer, and must
// never import a package of it.
package main
