package io.tillstream.simulator.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Plain text on A4, by the few objects that a PDF needs. */
public final class Pdf {
    private static final int ROWS_PER_PAGE = 50; // at 14 points each on A4, with margins
    private static final int FIRST_PAGE = 4; // the objects before: catalog, pages, font
    private static final int WIDEST_TEXT = 60; // characters beside an amount

    private Pdf() {}

    /** A row with an amount at its right edge. */
    public static String row(String text, String amount) {
        String shown = text.length() > WIDEST_TEXT ? text.substring(0, WIDEST_TEXT) : text;
        return String.format(Locale.ROOT, "%-62s%16s", shown, amount);
    }

    public static byte[] of(List<String> rows) {
        List<String> objects = new ArrayList<>();
        int pages = Math.max(1, (rows.size() + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE);
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
