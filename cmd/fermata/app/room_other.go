//go:build !linux && !darwin

package app

import "errors"

// room is not known on this system.
func room(string) (free, total uint64, err error) {
	return 0, 0, errors.ErrUnsupported
}
