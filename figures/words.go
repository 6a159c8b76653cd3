package figures

import (
	"fmt"
	"math"
)

// say is the worst step in words.
func (d *DropOff) say() string {
	switch share := int(math.Round(d.Rate * 100)); {
	case d.Ended == d.Entries:
		return fmt.Sprintf("Everybody who reaches “%s” ends there without success (%d of %d).", d.Title, d.Ended, d.Entries)
	case share == 0:
		return fmt.Sprintf("Less than 1 %% of those who reach “%s” end there without success (%d of %d).", d.Title, d.Ended, d.Entries)
	default:
		return fmt.Sprintf("%d %% of those who reach “%s” end there without success (%d of %d).", share, d.Title, d.Ended, d.Entries)
	}
}
