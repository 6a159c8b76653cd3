package outgoing

// Doubt names the effect whose outcome nobody knows: of one visit to a node, by default the last one
// that is in doubt. Person is who decides.
type Doubt struct {
	Enrollment, Node string
	Visit            int // 0: the last
	Person           string
}
