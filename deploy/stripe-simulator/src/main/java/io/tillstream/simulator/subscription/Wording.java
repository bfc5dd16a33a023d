package io.tillstream.simulator.subscription;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** How Stripe words the lines of an invoice. */
final class Wording {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("dd MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private Wording() {}

    /** {@code 2 × Gold (at $10.00 / month)}. */
    static String whole(JsonNode item, String product, String currency, BigDecimal unit) {
        JsonNode recurring = item.path("price").path("recurring");
        long count = Json.number(recurring, "interval_count");
        String interval = Json.textOf(recurring, "interval");
        String every = count == 1 ? interval : "every " + count + " " + interval + "s";
        long amount = unit.setScale(0, RoundingMode.HALF_UP).longValueExact();
        return Json.number(item, "quantity") + " × " + product + " (at " + Amounts.spoken(amount, currency) + " / "
                + every + ")";
    }

    static String unused(JsonNode item, String product, long from) {
        return "Unused time on " + counted(item, product) + " after " + day(from);
    }

    static String remaining(JsonNode item, String product, long from) {
        return "Remaining time on " + counted(item, product) + " after " + day(from);
    }

    private static String counted(JsonNode item, String product) {
        long quantity = Json.number(item, "quantity");
        return quantity == 1 ? product : quantity + " × " + product;
    }

    private static String day(long epochSecond) {
        return DAY.format(Instant.ofEpochSecond(epochSecond));
    }
}
