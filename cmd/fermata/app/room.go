//go:build linux || darwin

package app

import "syscall"

// room is how many bytes are free for this program, and in all, on the disk of a folder.
func room(dir string) (free, total uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize)                                      //nolint:gosec // its type differs by system
	return uint64(s.Bavail) * size, uint64(s.Blocks) * size, nil //nolint:unconvert // its type differs by system
}
