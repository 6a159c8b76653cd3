package store

import (
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

var (
	schemas     sync.Map // gorm's cache of parsed row types
	columnLists sync.Map // "prefix|type" → column list
	naming      = schema.NamingStrategy{}
)

func schemaOf(row any) (*schema.Schema, error) { return schema.Parse(row, &schemas, naming) }

// tableOf is the name of row's table. A row type that cannot be parsed is a mistake in this package.
func tableOf(row any) string {
	s, err := schemaOf(row)
	if err != nil {
		panic(err)
	}
	return s.Table
}

// columns lists T's columns, quoted, each behind prefix: an explicit list keeps prepared
// statements valid while a migration adds columns.
func columns[T any](prefix string) string {
	key := prefix + "|" + reflect.TypeFor[T]().String()
	if list, ok := columnLists.Load(key); ok {
		return list.(string)
	}
	s, err := schemaOf(new(T))
	if err != nil {
		panic(err)
	}
	quoted := make([]string, len(s.DBNames))
	for i, name := range s.DBNames {
		quoted[i] = prefix + `"` + name + `"`
	}
	list := strings.Join(quoted, ", ")
	columnLists.Store(key, list)
	return list
}

// aliased lists T's columns of the table called name, each AS name_column.
func aliased[T any](name string) string {
	s, err := schemaOf(new(T))
	if err != nil {
		panic(err)
	}
	list := make([]string, len(s.DBNames))
	for i, column := range s.DBNames {
		list[i] = name + `."` + column + `" AS "` + name + "_" + column + `"`
	}
	return strings.Join(list, ", ")
}
