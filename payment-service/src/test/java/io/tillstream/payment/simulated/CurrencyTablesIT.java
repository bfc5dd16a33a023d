package io.tillstream.payment.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.web.money.Currencies;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What the services offer and what the stand-in for Stripe takes come from one page, {@code docs.stripe.com/currencies}: a price
 * that only one of the two lets through is one that a test would sell and Stripe would not.
 */
class CurrencyTablesIT extends SimulatedStripe {

    /** On Stripe's page still, but withdrawn: the services leave it out. */
    private static final String WITHDRAWN = "ang";

    private static final Pattern COMMA = Pattern.compile(", ");
    private static final long LARGEST_LEAST = 20_000; // the forint's is 17,500
    private static final String NOTHING_IS_MADE = "&customer=cus_none"; // what is wrong with the amount is said before

    @Test
    void bothHaveTheSameCurrencies() {
        String message = STRIPE.post("/v1/payment_intents", "amount=500&currency=zzz")
                .at("/error/message")
                .asString();
        TreeSet<String> offered = new TreeSet<>(Currencies.codes());
        offered.add(WITHDRAWN);
        assertThat(COMMA.splitAsStream(message.substring(message.lastIndexOf(": ") + 2)))
                .containsExactlyElementsOf(offered);
    }

    @Test
    void bothTakeTheSameAmounts() {
        List<String> differences = new ArrayList<>();
        for (String currency : Currencies.codes()) {
            long least = LongStream.rangeClosed(1, LARGEST_LEAST)
                    .filter(amount -> Currencies.fault(amount, currency).isEmpty())
                    .findFirst()
                    .orElseThrow();
            long most = Currencies.most(currency);
            for (long amount : new long[] {least - 1, least, least + 1, most, most + 1}) {
                if (isTaken(amount, currency)
                        != Currencies.fault(amount, currency).isEmpty()) {
                    differences.add(amount + " " + currency);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static boolean isTaken(long amount, String currency) {
        JsonNode answer =
                STRIPE.post("/v1/payment_intents", "amount=" + amount + "&currency=" + currency + NOTHING_IS_MADE);
        return answer.at("/error/param").asString().equals("customer");
    }
}
