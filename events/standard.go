package events

import "strings"

// Kinds of value that data of events can hold.
const (
	KindText    = "text"
	KindNumber  = "number"
	KindBoolean = "boolean"
	KindDate    = "date"
	KindList    = "list"
	KindObject  = "object"
)

// DataKey is one key of the data of events of a type, with the kind of its value.
type DataKey struct{ Key, Kind string }

// standardType is an event type with what its events carry.
type standardType struct {
	name string
	data []DataKey
}

// The data that several types share.
const (
	purchaseData    = "order_id product product_name amount:number currency"
	paymentData     = "payment_id order_id amount:number currency attempt:number"
	cartData        = "cart_id amount:number currency items:list url"
	mailData        = "send_id workflow enrollment node template class"
	courseData      = "course progress:number"
	dealData        = "deal_id pipeline from to value:number currency owner"
	appointmentData = "appointment_id calendar start:date end:date"
	orderData       = "order_id amount:number currency items:list tracking_url"
)

// standard are the types whose data is documented, in the order in which people are shown them.
var standard = standardTypesOf(
	"form.submitted", "form fields:object",
	"purchase.completed", purchaseData, "purchase.refunded", purchaseData,
	"payment.received", paymentData, "payment.failed", paymentData,
	"cart.updated", cartData, "cart.abandoned", cartData,
	"email.sent", mailData, TypeEmailOpened, mailData+" machine:boolean", TypeEmailClicked, mailData+" url machine:boolean",
	TypeEmailBounced, mailData+" bounce", TypeEmailUnsubscribed, mailData, "email.replied", mailData, "email.complained", mailData,
	TypeLinkClicked, "link url", "sms.sent", mailData,
	TypeCourseEnrolled, courseData, TypeCourseProgressed, courseData, TypeCourseCompleted, courseData, TypeCourseUnenrolled, courseData,
	"appointment.booked", appointmentData, "appointment.rescheduled", appointmentData,
	"appointment.canceled", appointmentData, "appointment.no_show", appointmentData,
	"contract.signed", "contract_id plan amount:number currency signed_at:date",
	"order.created", orderData, "order.fulfilled", orderData, "order.delivered", orderData, "order.canceled", orderData,
	TypeContactCreated, "source", TypeContactUpdated, "changed:object",
	TypeTagAdded, "tag", TypeTagRemoved, "tag",
	TypeDealCreated, dealData, TypeDealStageChanged, dealData, TypeDealWon, dealData, TypeDealLost, dealData,
	TypeWorkflowCompleted, "workflow enrollment outcome", TypeWorkflowDecided, "workflow enrollment node visit:number decision by",
)

// standardTypesOf reads names, each followed by its data: keys with their kind, text unless it is named.
func standardTypesOf(pairs ...string) []standardType {
	list := make([]standardType, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		one := standardType{name: pairs[i]}
		one.data = DataKeys(strings.Fields(pairs[i+1])...)
		list = append(list, one)
	}
	return list
}

// DataKeys reads keys that are followed by a colon and their kind, unless it is text.
func DataKeys(words ...string) []DataKey {
	keys := make([]DataKey, len(words))
	for i, word := range words {
		key, kind, named := strings.Cut(word, ":")
		if !named {
			kind = KindText
		}
		keys[i] = DataKey{key, kind}
	}
	return keys
}

// StandardTypes lists the event types whose data is documented.
func StandardTypes() []string {
	names := make([]string, len(standard))
	for i, one := range standard {
		names[i] = one.name
	}
	return names
}

// StandardData is what events of a type carry by the documentation; nil for a type of somebody's own.
func StandardData(eventType string) []DataKey {
	for _, one := range standard {
		if one.name == eventType {
			return one.data
		}
	}
	return nil
}

// InternalType reports whether events of the type are the program's own notes, which no trigger, wait
// or exit is ever offered.
func InternalType(eventType string) bool {
	return eventType == TypeEnrollRequested || eventType == TypeTriggered
}
