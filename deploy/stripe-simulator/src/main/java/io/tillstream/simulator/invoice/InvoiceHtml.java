package io.tillstream.simulator.invoice;

import io.tillstream.simulator.checkout.HostedPageHtml;
import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How the page of an invoice looks: as hosted Checkout, with the same fields. */
final class InvoiceHtml {
    private static final Template FORM = Template.load("checkout.html");
    private static final Template LINE = Template.load("checkout-line.html");
    private static final Template NOTICE = Template.load("notice.html");

    private InvoiceHtml() {}

    /** Of what was typed, card data is not given back. */
    static String form(
            ObjectNode invoice,
            ObjectNode intent,
            List<ObjectNode> lines,
            @Nullable String refusal,
            Map<String, String> typed) {
        String total = amount(invoice, Json.number(invoice, "amount_remaining"));
        Map<String, String> values = new HashMap<>();
        values.put("action", "/i/" + Json.textOf(invoice, "id"));
        values.put("total", total);
        values.put("heading", "Invoice " + Json.text(invoice, "number"));
        values.put("button", "Pay " + total);
        values.put("lines", rows(invoice, lines));
        values.put(
                "refusal",
                refusal == null ? "" : "<p class=\"refusal\" role=\"alert\">" + Template.escape(refusal) + "</p>");
        values.put("cancel", pdfLink(invoice));
        values.put(
                "email",
                typed.getOrDefault("email", Objects.requireNonNullElse(Json.text(invoice, "customer_email"), "")));
        values.put("billingName", typed.getOrDefault("billingName", ""));
        values.put("billingPostalCode", typed.getOrDefault("billingPostalCode", ""));
        values.put("delayed", HostedPageHtml.delayedButtons(intent));
        return FORM.fill(values);
    }

    private static String rows(ObjectNode invoice, List<ObjectNode> lines) {
        StringBuilder rows = new StringBuilder();
        for (ObjectNode line : lines) {
            rows.append(row(
                    Objects.requireNonNullElse(Json.text(line, "description"), "Item"),
                    Long.toString(Json.number(line, "quantity")),
                    amount(invoice, Json.number(line, "amount"))));
        }
        long off = Json.number(invoice, "subtotal") - Json.number(invoice, "total");
        if (off != 0) {
            rows.append(row("Discount", "", amount(invoice, -off)));
        }
        long balance = Json.number(invoice, "starting_balance") - Json.number(invoice, "ending_balance");
        if (balance != 0) {
            rows.append(row("Applied balance", "", amount(invoice, balance)));
        }
        return rows.toString();
    }

    private static String row(String description, String quantity, String amount) {
        return LINE.fill(Map.of("description", description, "quantity", quantity, "amount", amount));
    }

    private static String amount(ObjectNode invoice, long amount) {
        return Amounts.spoken(amount, Json.textOf(invoice, "currency"));
    }

    private static String pdfLink(ObjectNode invoice) {
        return "<a class=\"back\" id=\"pdf\" href=\"/i/" + Template.escape(Json.textOf(invoice, "id"))
                + "/pdf\">Download invoice</a>";
    }

    static String closed(ObjectNode invoice) {
        boolean paid = Json.is(invoice, "status", "paid");
        return notice(
                paid ? "Invoice paid" : "This invoice was voided",
                "Invoice " + Json.text(invoice, "number") + " over "
                        + amount(invoice, Json.number(invoice, paid ? "amount_paid" : "amount_due")),
                "<p>" + pdfLink(invoice) + "</p>");
    }

    static String notice(String title, String text, String link) {
        return NOTICE.fill(Map.of("title", title, "text", text, "link", link));
    }
}
