// Package api is the REST API of Fermata: it checks requests against openapi.yaml, authenticates
// them, changes the store in one transaction each and answers JSON, or application/problem+json
// when it cannot. It serves scripts, the page and the command line.
//
// The document comes first: package gen is generated from it, requests are validated by it, and
// the scope that an operation needs is read from it, so that nothing is served that it does not
// describe. Handlers stand in files by resource; errors become answers in problem.go alone.
//
// The package never talks to Temporal and never carries out a step: it writes rows, and the
// router, the dispatcher and the worker act on them. It never accepts what it has not stored.
package api
