package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// Spread counts lengths of time: how often each occurs. Nothing is rounded away, so that spreads add
// up and percentiles are exact. A length may stand in it several times, in any order.
type Spread []Length

// Length is a length of time, in whole milliseconds, that occurs N times.
type Length struct{ Ms, N int64 }

// Count adds n times a length.
func (s *Spread) Count(ms, n int64) { *s = append(*s, Length{Ms: ms, N: n}) }

// Add adds another spread.
func (s *Spread) Add(o Spread) { *s = append(*s, o...) }

// ascending is the same spread with each length once, in order.
func (s Spread) ascending() Spread {
	sorted := 1
	for sorted < len(s) && s[sorted-1].Ms < s[sorted].Ms {
		sorted++
	}
	if sorted >= len(s) {
		return s
	}
	list := slices.Clone(s)
	slices.SortFunc(list, func(a, b Length) int { return cmp.Compare(a.Ms, b.Ms) })
	n := 0
	for _, l := range list {
		if n > 0 && list[n-1].Ms == l.Ms {
			list[n-1].N += l.N
			continue
		}
		list[n] = l
		n++
	}
	return list[:n]
}

// tally counts lengths that occur often.
type tally map[int64]int64

func (t tally) spread() Spread {
	s := make(Spread, 0, len(t))
	for ms, n := range t {
		s.Count(ms, n)
	}
	return s.ascending()
}

// pairs lists a spread as [ms, n, ms, n, …], ascending.
func (s Spread) pairs() []int64 {
	list := make([]int64, 0, 2*len(s))
	for _, l := range s.ascending() {
		list = append(list, l.Ms, l.N)
	}
	return list
}

// spreadOf reads pairs.
func spreadOf(pairs []int64) Spread {
	var s Spread
	for i := 0; i+1 < len(pairs); i += 2 {
		s.Count(pairs[i], pairs[i+1])
	}
	return s
}

// pack writes a spread in few bytes: of each length how much longer it is than the one before, and how
// often it occurs.
func (s Spread) pack() []byte {
	list, before := make([]byte, 0, 4*len(s)), int64(0)
	for _, l := range s.ascending() {
		list = binary.AppendVarint(list, l.Ms-before)
		list = binary.AppendVarint(list, l.N)
		before = l.Ms
	}
	return list
}

// errPacked: bytes are no spread.
var errPacked = errors.New("a spread is cut off")

// unpack adds a spread that pack wrote.
func (s *Spread) unpack(packed []byte) error {
	for ms := int64(0); len(packed) > 0; {
		more, a := binary.Varint(packed)
		n, b := binary.Varint(packed[max(a, 0):])
		if a <= 0 || b <= 0 {
			return errPacked
		}
		packed = packed[a+b:]
		ms += more
		s.Count(ms, n)
	}
	return nil
}

// SpreadFacts are the facts of a spread, in milliseconds.
type SpreadFacts struct {
	N, Sum, Max int64
	// At are the percentiles that were asked for, by nearest rank: the smallest length that at least
	// so many of a hundred do not exceed.
	At []int64
}

// Facts reads a spread. With N = 0 the others mean nothing.
func (s Spread) Facts(percentiles ...int64) SpreadFacts {
	lengths := s.ascending()
	f := SpreadFacts{At: make([]int64, len(percentiles))}
	for _, l := range lengths {
		f.N += l.N
		f.Sum += l.Ms * l.N
		f.Max = l.Ms
	}
	for i, p := range percentiles {
		rank, seen := (p*f.N+99)/100, int64(0)
		for _, l := range lengths {
			if seen += l.N; seen >= rank {
				f.At[i] = l.Ms
				break
			}
		}
	}
	return f
}
