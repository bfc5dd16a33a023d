package io.tillstream.simulator.invoice;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.state.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** An invoice on paper: plain text on A4, by the few objects that a PDF needs. */
final class InvoicePdf {
    private static final int ROWS_PER_PAGE = 50; // at 14 points each on A4, with margins
    private static final int FIRST_PAGE = 4; // the objects before: catalog, pages, font

    private InvoicePdf() {}

    static byte[] of(ObjectNode invoice, List<ObjectNode> lines) {
        List<String> rows = rows(invoice, lines);
        List<String> objects = new ArrayList<>();
        int pages = (rows.size() + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE;
        StringBuilder kids = new StringBuilder();
        for (int i = 0; i < pages; i++) {
            kids.append(FIRST_PAGE + 2 * i).append(" 0 R ");
        }
        objects.add("<< /Type /Catalog /Pages 2 0 R >>");
        objects.add("<< /Type /Pages /Kids [ " + kids + "] /Count " + pages + " >>");
        objects.add("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>");
        for (int i = 0; i < pages; i++) {
            int to = Math.min(rows.size(), (i + 1) * ROWS_PER_PAGE);
            String content = content(rows.subList(i * ROWS_PER_PAGE, to));
            objects.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
                    + " /Contents " + (FIRST_PAGE + 2 * i + 1) + " 0 R >>");
            objects.add("<< /Length " + content.length() + " >>\nstream\n" + content + "\nendstream");
        }
        return file(objects).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> rows(ObjectNode invoice, List<ObjectNode> lines) {
        List<String> rows = new ArrayList<>();
        rows.add("Tillstream");
        rows.add("");
        rows.add("Invoice " + Json.text(invoice, "number"));
        rows.add("Date    " + day(Json.number(invoice.path("status_transitions"), "finalized_at")));
        rows.add("To      " + Objects.requireNonNullElse(Json.text(invoice, "customer_name"), "") + " "
                + Objects.requireNonNullElse(Json.text(invoice, "customer_email"), ""));
        rows.add("Status  " + Json.text(invoice, "status"));
        rows.add("");
        for (ObjectNode line : lines) {
            rows.add(row(
                    invoice,
                    Json.text(line, "description") + " x " + Json.number(line, "quantity"),
                    Json.number(line, "amount")));
        }
        rows.add("");
        rows.add(row(invoice, "Subtotal", Json.number(invoice, "subtotal")));
        rows.add(row(invoice, "Total", Json.number(invoice, "total")));
        rows.add(row(invoice, "Amount due", Json.number(invoice, "amount_due")));
        rows.add(row(invoice, "Amount paid", Json.number(invoice, "amount_paid")));
        return rows;
    }

    private static LocalDate day(long epochSecond) {
        return LocalDate.ofInstant(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC);
    }

    private static String row(ObjectNode invoice, String text, long amount) {
        String shown = text.length() > 60 ? text.substring(0, 60) : text; // what fits beside the amount
        return String.format(Locale.ROOT, "%-62s%16s", shown, Amounts.spoken(amount, Json.textOf(invoice, "currency")));
    }

    private static String content(List<String> rows) {
        StringBuilder content = new StringBuilder("BT /F1 10 Tf 14 TL 50 790 Td\n");
        for (String row : rows) {
            String text = new String(row.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
            content.append('(')
                    .append(text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)"))
                    .append(") Tj T*\n");
        }
        return content.append("ET").toString();
    }

    private static String file(List<String> objects) {
        StringBuilder file = new StringBuilder("%PDF-1.4\n");
        StringBuilder places = new StringBuilder("0000000000 65535 f \n");
        for (int i = 0; i < objects.size(); i++) {
            places.append(String.format(Locale.ROOT, "%010d 00000 n \n", file.length()));
            file.append(i + 1).append(" 0 obj\n").append(objects.get(i)).append("\nendobj\n");
        }
        int start = file.length();
        file.append("xref\n0 ").append(objects.size() + 1).append('\n').append(places);
        file.append("trailer\n<< /Size ").append(objects.size() + 1).append(" /Root 1 0 R >>\n");
        return file.append("startxref\n").append(start).append("\n%%EOF\n").toString();
    }
}
