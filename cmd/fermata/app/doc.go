// Package app wires the program: settings in, running parts out. It is for
// cmd/fermata, for the development server and for end-to-end tests, which start the
// real thing on free ports and a temporary folder. It is the only place where all
// packages meet, and it must never hold a rule of the product.
package app
