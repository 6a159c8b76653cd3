package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

const wayOut = "https://mail.example/u/token"

func mailWithWayOut(t *testing.T, with map[string]any) nodes.Mail {
	t.Helper()
	with["subject"] = "News"
	m, failed := settings[*nodes.Email](t, "email", with).Plan(scope().With(expr.UnsubscribeURL, wayOut), nodes.PlanInput{Strict: true})
	require.Nil(t, failed)
	return m
}

func TestMarketingMailHasAWayOut(t *testing.T) {
	t.Parallel()
	m := mailWithWayOut(t, map[string]any{"body": "All is new."})
	require.Equal(t, "All is new.\n\n-- \nUnsubscribe: "+wayOut+"\n", m.Text)
	require.Equal(t, "<p>All is new.</p>\n<p style=\"font-size:small\"><a href=\""+wayOut+"\">Unsubscribe</a></p>\n", m.HTML)

	m = mailWithWayOut(t, map[string]any{"html": "<html><body><p>New</p></BODY></html>"})
	require.Equal(t, `<html><body><p>New</p><p style="font-size:small"><a href="`+wayOut+"\">Unsubscribe</a></p>\n</BODY></html>", m.HTML)
	require.Equal(t, "New\n\n-- \nUnsubscribe: "+wayOut+"\n", m.Text)
}

func TestAuthorsPlaceTheWayOut(t *testing.T) {
	t.Parallel()
	m := mailWithWayOut(t, map[string]any{"body": "New. No more: {{ unsubscribe_url }}"})
	require.Equal(t, "New. No more: "+wayOut, m.Text)
	require.Equal(t, `<p>New. No more: <a href="`+wayOut+`">`+wayOut+"</a></p>\n", m.HTML)

	m = mailWithWayOut(t, map[string]any{"html": `<p>New. <a href="{{ unsubscribe_url }}">No more</a></p>`})
	require.Equal(t, `<p>New. <a href="`+wayOut+`">No more</a></p>`, m.HTML)
	require.Equal(t, "New. No more ("+wayOut+")", m.Text)
}

func TestOtherMailHasNoFooter(t *testing.T) {
	t.Parallel()
	m := mailWithWayOut(t, map[string]any{"body": "Your receipt.", "class": "transactional"})
	require.Equal(t, "Your receipt.", m.Text)
	m = mailWithWayOut(t, map[string]any{"body": "Settings: {{ unsubscribe_url }}", "class": "transactional"})
	require.Equal(t, "Settings: "+wayOut, m.Text)
}
