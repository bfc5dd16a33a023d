package io.tillstream.simulator.creditnote;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceCredit;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a credit note takes off: parts of the invoice's lines, and whatever else the shop says. */
@Component
class CreditNoteLines {
    private final InvoiceCredit credit;

    CreditNoteLines(InvoiceCredit credit) {
        this.credit = credit;
    }

    /** Reads {@code lines}; without them {@code amount} is a line of its own. */
    List<ObjectNode> read(Params params, String invoice) {
        List<ObjectNode> read = new ArrayList<>();
        for (Params line : params.children("lines")) {
            boolean custom = line.required("type").equals("custom_line_item");
            read.add(custom ? custom(line) : credited(line, invoice));
        }
        Long amount = params.integer("amount");
        if (read.isEmpty() && amount != null) {
            read.add(line("custom_line_item", amount, "Credit", 1));
        }
        return read;
    }

    private static ObjectNode custom(Params params) {
        Long quantity = params.integer("quantity");
        String decimal = params.text("unit_amount_decimal");
        BigDecimal each =
                decimal == null ? BigDecimal.valueOf(params.requiredInteger("unit_amount")) : new BigDecimal(decimal);
        long pieces = quantity == null ? 1 : quantity;
        long amount = each.multiply(BigDecimal.valueOf(pieces))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
        ObjectNode line = line("custom_line_item", amount, params.required("description"), pieces);
        line.put("unit_amount", decimal == null ? each.longValueExact() : null);
        return line.put("unit_amount_decimal", each.toPlainString());
    }

    /** Of a line with a discount or a tax the same part of those is taken back. */
    private ObjectNode credited(Params params, String invoice) {
        String id = params.required("invoice_line_item");
        ObjectNode billed = credit.lines(invoice).stream()
                .filter(line -> Json.is(line, "id", id))
                .findFirst()
                .orElseThrow(
                        () -> StripeError.missingReference("invoice line item", id, params.param("invoice_line_item")));
        long whole = Json.number(billed, "amount");
        long pieces = Math.max(1, Json.number(billed, "quantity"));
        Long quantity = params.integer("quantity");
        Long given = params.integer("amount");
        long amount = given != null ? given : part(whole, quantity == null ? pieces : quantity, pieces);
        ObjectNode line = line(
                "invoice_line_item", amount, Json.text(billed, "description"), quantity == null ? pieces : quantity);
        line.put("invoice_line_item", id);
        long off = 0;
        for (JsonNode discount : billed.path("discount_amounts")) {
            long share = whole == 0 ? 0 : part(Json.number(discount, "amount"), amount, whole);
            line.withArray("discount_amounts")
                    .addObject()
                    .put("amount", share)
                    .put("discount", Json.text(discount, "discount"));
            off += share;
        }
        for (JsonNode tax : billed.path("taxes")) {
            long share = whole == 0 ? 0 : part(Json.number(tax, "amount"), amount, whole);
            long taxable = whole == 0 ? 0 : part(Json.number(tax, "taxable_amount"), amount, whole);
            line.withArray("taxes")
                    .add(((ObjectNode) tax.deepCopy()).put("amount", share).put("taxable_amount", taxable));
        }
        return line.put("discount_amount", off);
    }

    /** What a line takes off the invoice's total: its tax too, where that came on top. */
    static long total(ObjectNode line) {
        long onTop = 0;
        for (JsonNode tax : line.path("taxes")) {
            onTop += Json.is(tax, "tax_behavior", "exclusive") ? Json.number(tax, "amount") : 0;
        }
        return Json.number(line, "amount") - Json.number(line, "discount_amount") + onTop;
    }

    private static long part(long amount, long of, long whole) {
        return BigDecimal.valueOf(amount)
                .multiply(BigDecimal.valueOf(of))
                .divide(BigDecimal.valueOf(whole), 0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static ObjectNode line(String type, long amount, @Nullable String description, long quantity) {
        ObjectNode line = Json.object("credit_note_line_item", Ids.next("cnli"));
        line.put("amount", amount).put("description", description).put("discount_amount", 0);
        line.putArray("discount_amounts");
        line.put("livemode", false).putObject("metadata");
        line.putArray("pretax_credit_amounts");
        line.put("quantity", quantity).putArray("tax_rates");
        line.putArray("taxes");
        return line.put("type", type).putNull("unit_amount").putNull("unit_amount_decimal");
    }
}
