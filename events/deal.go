package events

import "fermata/store"

// DealData is the data that every event about a deal has; from is the stage that it left, "" for none.
func DealData(d *store.Deal, from string) map[string]any {
	var amount any
	if d.Value != nil {
		amount = *d.Value
	}
	return map[string]any{
		"deal_id": d.ID, "pipeline": d.Pipeline, "from": blank(from), "to": d.Stage,
		"value": amount, "currency": blank(d.Currency), "owner": blank(d.Owner),
	}
}
