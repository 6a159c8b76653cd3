package figures

import (
	"math"
	"sort"
	"time"

	"fermata/store"
)

// Figures are the numbers of some enrollments: those of one or all versions that started in a range.
// A pointer is nil where there is nothing to divide by.
type Figures struct {
	Enrolled         int64    `json:"enrolled"`
	Active           int64    `json:"active"`
	Finished         int64    `json:"finished"`
	Completed        int64    `json:"completed"`
	Exited           int64    `json:"exited"`
	Failed           int64    `json:"failed"`
	Succeeded        int64    `json:"succeeded"` // completed or exited with outcome success
	CompletionRate   *float64 `json:"completion_rate"`
	ErrorRate        *float64 `json:"error_rate"`
	Steps            int64    `json:"steps"`  // attempted
	Errors           int64    `json:"errors"` // of them
	DropOff          *DropOff `json:"drop_off"`
	TimeToCompletion Time     `json:"time_to_completion"`
	Excess           Excess   `json:"excess_s"`
	Lateness         Lateness `json:"lateness_s"`
	Saved            Saved    `json:"saved"`
}

// DropOff is the step where the greatest part of those who enter it end without success.
type DropOff struct {
	Node    string  `json:"node"`
	Title   string  `json:"title"`
	Rate    float64 `json:"rate"`
	Entries int64   `json:"entries"`
	Ended   int64   `json:"ended"`
	Words   string  `json:"words"`
}

// Time is how long something took, in seconds.
type Time struct {
	Avg *float64 `json:"avg_s"`
	P50 *float64 `json:"p50_s"`
	P90 *float64 `json:"p90_s"`
}

// Excess is how much longer completed enrollments took than their waits had planned, in seconds.
type Excess struct {
	P50 *float64 `json:"p50"`
	P90 *float64 `json:"p90"`
}

// Lateness is how long after its due instant a wait ended, in seconds.
type Lateness struct {
	P50 *float64 `json:"p50"`
	P99 *float64 `json:"p99"`
	Max *float64 `json:"max"`
}

// Saved is the work that people were spared. Amount is in the account's currency.
type Saved struct {
	Hours  float64 `json:"hours"`
	Amount float64 `json:"amount"`
}

// Node are the figures of one node. Entries is the sum of Done to Open.
type Node struct {
	Node       string   `json:"node"`
	Type       string   `json:"type"`
	Title      string   `json:"title"`
	Entries    int64    `json:"entries"`
	Active     int64    `json:"active"`
	ActiveNow  int64    `json:"active_now"`
	Done       int64    `json:"done"`
	Failed     int64    `json:"failed"`
	Unknown    int64    `json:"unknown"`
	Dropped    int64    `json:"dropped"`
	Suppressed int64    `json:"suppressed"`
	Skipped    int64    `json:"skipped"`
	Exited     int64    `json:"exited"`
	Canceled   int64    `json:"canceled"`
	Open       int64    `json:"open"`
	Errors     int64    `json:"errors"`
	Ended      int64    `json:"ended"`
	Lost       int64    `json:"lost"`
	DropOff    *float64 `json:"drop_off"`
	// Ports are the ways that steps left by, and how many did.
	Ports map[string]int64 `json:"ports"`
	Mail  *Mail            `json:"mail,omitempty"`
}

// Mail is what became of the mails of a node.
type Mail struct {
	Sent      int64    `json:"sent"`
	Opened    int64    `json:"opened"`
	Clicked   int64    `json:"clicked"`
	Bounced   int64    `json:"bounced"`
	OpenRate  *float64 `json:"open_rate"`
	ClickRate *float64 `json:"click_rate"`
}

// Day are the figures of those who started on one day, or on the part of it that lies in the range.
type Day struct {
	From           time.Time `json:"from"`
	Date           string    `json:"date"`
	Enrolled       int64     `json:"enrolled"`
	Finished       int64     `json:"finished"`
	Steps          int64     `json:"steps"`
	Errors         int64     `json:"errors"`
	Completed      int64     `json:"completed"`
	CompletionRate *float64  `json:"completion_rate"`
}

// of makes figures of a sum of cells. Minutes are those of manual work that they spared.
func of(c *store.FigureCell, minutes, hourlyCost float64, title func(node string) string) Figures {
	f := Figures{
		Enrolled: c.Enrolled, Active: c.Active, Finished: c.Completed + c.Exited + c.Failed,
		Completed: c.Completed, Exited: c.Exited, Failed: c.Failed, Succeeded: c.CompletedSuccess + c.ExitedSuccess,
		Saved: Saved{Hours: round(minutes/60, 6), Amount: round(minutes/60*hourlyCost, 2)},
	}
	f.Steps, f.Errors = c.Steps()
	f.CompletionRate, f.ErrorRate = Rate(f.Succeeded, f.Finished), Rate(f.Errors, f.Steps)
	f.DropOff = worst(c, title)
	f.TimeToCompletion = timeOf(c.Completion.Facts(50, 90))
	if s := c.Excess.Facts(50, 90); s.N > 0 {
		f.Excess = Excess{P50: seconds(s.At[0]), P90: seconds(s.At[1])}
	}
	if s := c.Lateness.Facts(50, 99); s.N > 0 {
		f.Lateness = Lateness{P50: seconds(s.At[0]), P99: seconds(s.At[1]), Max: seconds(s.Max)}
	}
	return f
}

// timeOf is the average and the percentiles 50 and 90 of a spread.
func timeOf(s store.SpreadFacts) Time {
	if s.N == 0 {
		return Time{}
	}
	return Time{Avg: seconds((2*s.Sum + s.N) / (2 * s.N)), P50: seconds(s.At[0]), P90: seconds(s.At[1])}
}

// worst is the node with the highest drop-off; of several the one where more end, then the first by
// id. Nil when nobody ended without success.
func worst(c *store.FigureCell, title func(node string) string) *DropOff {
	var found *store.FigureNode
	for _, name := range sorted(c.Nodes) {
		n := c.Nodes[name]
		if n.Lost == 0 || n.Entries() == 0 {
			continue
		}
		// Compared as fractions, so that equal ones are equal.
		if found != nil {
			here, there := n.Lost*found.Entries(), found.Lost*n.Entries()
			if here < there || here == there && n.Lost <= found.Lost {
				continue
			}
		}
		found = n
	}
	if found == nil {
		return nil
	}
	d := &DropOff{Node: found.Node, Title: title(found.Node), Rate: *Rate(found.Lost, found.Entries()), Entries: found.Entries(), Ended: found.Lost}
	d.Words = d.say()
	return d
}

func node(n *store.FigureNode, title string) Node {
	shown := Node{
		Node: n.Node, Type: n.Type, Title: title, Entries: n.Entries(), Active: n.Active,
		Done: n.Done, Failed: n.Failed, Unknown: n.Unknown, Dropped: n.Dropped, Suppressed: n.Suppressed, Skipped: n.Skipped,
		Exited: n.Exited, Canceled: n.Canceled, Open: n.Open, Errors: n.Errors(), Ended: n.Ended, Lost: n.Lost,
		DropOff: Rate(n.Lost, n.Entries()), Ports: n.Ports,
	}
	if shown.Ports == nil {
		shown.Ports = map[string]int64{}
	}
	if n.Sent > 0 || n.Bounced > 0 {
		shown.Mail = &Mail{
			Sent: n.Sent, Opened: n.Opened, Clicked: n.Clicked, Bounced: n.Bounced,
			OpenRate: Rate(n.Opened, n.Sent), ClickRate: Rate(n.Clicked, n.Sent),
		}
	}
	return shown
}

// Rate is a part of a whole from 0 to 1, rounded to six places; nil when there is no whole.
func Rate(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	rate := round(float64(part)/float64(whole), 6)
	return &rate
}

func seconds(ms int64) *float64 {
	s := float64(ms) / 1000
	return &s
}

func round(x float64, places int) float64 {
	shift := math.Pow10(places)
	return math.Round(x*shift) / shift
}

func sorted[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
