// Package gen holds what oapi-codegen makes from openapi.yaml: the models and the Gin wrapper of every
// operation. It is for package api and those below it, and must never be edited by hand.
package gen

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.0 -config config.yaml ../openapi.yaml
//go:generate go run fermata/api/forms/write forms.json
