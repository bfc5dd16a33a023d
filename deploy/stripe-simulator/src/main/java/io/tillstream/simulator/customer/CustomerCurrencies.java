package io.tillstream.simulator.customer;

import io.tillstream.simulator.api.StripeError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** A customer has one currency as long as anything of theirs is billed again and again, or is about to be. */
@Component
public class CustomerCurrencies {
    private final List<Function<String, Stream<String>>> uses = new ArrayList<>();

    /** By a customer's id: the currencies of something of theirs that is not over. */
    public void usedBy(Function<String, Stream<String>> use) {
        uses.add(use);
    }

    /** Refuses a second one: docs.stripe.com/currencies, in the words that shops report. It names no parameter. */
    public void refuseOther(String customer, String currency) {
        uses.stream()
                .flatMap(use -> use.apply(customer))
                .filter(used -> !used.equals(currency))
                .findFirst()
                .ifPresent(used -> {
                    throw StripeError.invalid(
                            null,
                            "You cannot combine currencies on a single customer. This customer has an active subscription,"
                                    + " subscription schedule, discount, quote, or invoice item with currency " + used
                                    + ".",
                            null);
                });
    }
}
