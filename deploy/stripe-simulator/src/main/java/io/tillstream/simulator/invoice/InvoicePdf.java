package io.tillstream.simulator.invoice;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Pdf;
import io.tillstream.simulator.state.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** An invoice on paper. */
final class InvoicePdf {
    private InvoicePdf() {}

    static byte[] of(ObjectNode invoice, List<ObjectNode> lines) {
        List<String> rows = new ArrayList<>();
        long finalized = Json.number(invoice.path("status_transitions"), "finalized_at");
        rows.add("Tillstream");
        rows.add("");
        rows.add("Invoice " + Json.text(invoice, "number"));
        rows.add("Date    " + LocalDate.ofInstant(Instant.ofEpochSecond(finalized), ZoneOffset.UTC));
        rows.add("To      " + Objects.requireNonNullElse(Json.text(invoice, "customer_name"), "") + " "
                + Objects.requireNonNullElse(Json.text(invoice, "customer_email"), ""));
        rows.add("Status  " + Json.text(invoice, "status"));
        rows.add("");
        for (ObjectNode line : lines) {
            String text = Objects.requireNonNullElse(Json.text(line, "description"), "Item");
            rows.add(row(invoice, text + " x " + Json.number(line, "quantity"), line, "amount"));
        }
        rows.add("");
        rows.add(row(invoice, "Subtotal", invoice, "subtotal"));
        rows.add(row(invoice, "Total", invoice, "total"));
        rows.add(row(invoice, "Amount due", invoice, "amount_due"));
        rows.add(row(invoice, "Amount paid", invoice, "amount_paid"));
        return Pdf.of(rows);
    }

    private static String row(ObjectNode invoice, String text, ObjectNode from, String field) {
        return Pdf.row(text, Amounts.spoken(Json.number(from, field), Json.textOf(invoice, "currency")));
    }
}
