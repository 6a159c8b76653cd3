// Package composetest holds the tests of docker-compose.yml and of the script that writes its keys.
// It is a module of its own because the loader of Compose files is no dependency of the product. It
// must never need a container engine.
package composetest
