package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// codeNoGateway is the failure of a text message where no gateway is configured.
const codeNoGateway = "no_gateway"

// Texter hands one text message to a gateway.
type Texter interface {
	// SendText returns nil when the gateway has accepted the message, else a *SendError.
	SendText(ctx context.Context, m outgoing.Text) error
	// Addr names the destination.
	Addr() string
}

// Gateway hands text messages to one HTTP address: POST {to, from, text} with an Idempotency-Key
// that is the same for every attempt; any 2xx accepts.
type Gateway struct {
	url, host, token, from string
	caller                 *Caller
}

// NewGateway reads the address of a gateway; an empty one is none. The address is an operator's, so
// it may be on a private network.
func NewGateway(address, token, from string) (*Gateway, error) {
	if address == "" {
		return nil, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("gateway of text messages: want http://… or https://…")
	}
	return &Gateway{url: address, host: u.Host, token: token, from: from, caller: NewCaller(true)}, nil
}

// Addr is the gateway's host.
func (g *Gateway) Addr() string { return g.host }

// SendText implements Texter. An answer of which nobody can know whether the message was taken
// before it leaves the outcome unknown.
func (g *Gateway) SendText(ctx context.Context, m outgoing.Text) error {
	body, err := json.Marshal(map[string]string{"to": m.To, "from": g.from, "text": m.Text})
	if err != nil {
		return &SendError{Code: "sms_invalid", Final: true, err: err}
	}
	headers := map[string]string{"Idempotency-Key": m.Key}
	if g.token != "" {
		headers["Authorization"] = "Bearer " + g.token
	}
	answer, err := g.caller.Do(ctx, outgoing.Request{
		Method: http.MethodPost, URL: g.url, Headers: headers, Body: body, ContentType: "application/json", Timeout: mailTimeout,
	})
	var failed *SendError
	if errors.As(err, &failed) {
		switch answer.Status {
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
			failed.Unknown = true
		}
	}
	return err
}

// dropTexts takes the text messages of tests where there is no sink.
type dropTexts struct{}

func (dropTexts) SendText(context.Context, outgoing.Text) error { return nil }
func (dropTexts) Addr() string                                  { return "sink" }

// SMS sends the text message of an sms node.
func (a *Activities) SMS(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packSMS)
}

func (t *turn) packSMS(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	plan, failure, err := plan[nodes.TextMessage](t, node)
	if failure != nil && failure.Code == nodes.CodeNoPhone {
		return &parcel{suppressed: failure.Code}, nil, err
	}
	if err != nil || failure != nil {
		return nil, failure, err
	}
	if reason, err := t.desk().RefusedText(t.contact, plan); err != nil || reason != "" {
		return &parcel{suppressed: reason, given: plan.Given()}, nil, err
	}
	texter := t.a.Texter
	if t.e.Test && t.e.Sends != "real" {
		texter = t.a.TextSink
	}
	if texter == nil {
		return nil, &nodes.Failure{Code: codeNoGateway, Message: "no gateway for text messages is configured"}, nil
	}
	send, err := t.send(c)
	if err != nil {
		return nil, nil, err
	}
	return t.textParcel(texter, outgoing.Text{Key: effectKey(t.e.ID, c), To: plan.To, Text: plan.Text}, send, plan), nil, nil
}

// textParcel wraps a text message: the row in sends is written with the claim, the event sms.sent
// with the record.
func (t *turn) textParcel(texter Texter, m outgoing.Text, send *store.Send, plan nodes.TextMessage) *parcel {
	return &parcel{
		destination: texter.Addr(), class: plan.Class, timeout: mailTimeout, given: plan.Given(),
		do: func(ctx context.Context) (reply, error) {
			return reply{result: map[string]any{"to": m.To, "send": send.ID}}, texter.SendText(ctx, m)
		},
		claimed: func(t *turn, _ interpreter.Command) error {
			if send.State != "" {
				return nil // an earlier attempt has written it
			}
			send.Class, send.ToAddress, send.State = plan.Class, m.To, store.SendClaimed
			if err := t.tx.CreateSend(send); err != nil {
				return fmt.Errorf("create send: %w", err)
			}
			return nil
		},
		recorded: func(t *turn, c interpreter.Command, _ reply) error {
			return t.emit(c, sentEvent(send), events.SendData(send))
		},
		settled: func(t *turn, state, text string) error { return settleSend(t, send.MessageID, state, text) },
	}
}

// sentEvent is the type of the event that a message went out.
func sentEvent(s *store.Send) string { return s.Channel + ".sent" }

// channel is the channel of the messages of a node.
func (t *turn) channel(c interpreter.Command) string {
	if t.def.Nodes[c.Node].Type == events.ChannelSMS {
		return events.ChannelSMS
	}
	return "email"
}
