package io.tillstream.subscription.customer;

import com.stripe.param.CustomerPaymentMethodListParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Customers as Stripe has them. */
@Component
public class StripeCustomers {

    private static final int LONGEST_USER = 255; // characters, as payment-service takes them

    private static final long MOST = 100; // Stripe's most; more than a person has

    private final StripeCalls calls;
    private final Customers customers;
    private final String environment;

    StripeCustomers(StripeCalls calls, Customers customers, StripeSettings settings) {
        this.calls = calls;
        this.customers = customers;
        this.environment = settings.environment();
    }

    /** Whether a saved card is the customer's. */
    public Mono<Boolean> hasCard(String customerId, String paymentMethodId) {
        return calls.read(
                        "payment_method.retrieve",
                        (stripe, options) -> stripe.v1().paymentMethods().retrieve(paymentMethodId, options))
                .map(answer -> StripeProblems.present(answer)
                        .filter(card -> customerId.equals(card.getCustomer()))
                        .isPresent());
    }

    /**
     * What tells the customer's cards and bank accounts apart: the same for the same number on one Stripe account. Those of every
     * type, as none is named.
     */
    public Mono<List<String>> fingerprints(String customerId) {
        var params = CustomerPaymentMethodListParams.builder().setLimit(MOST).build();
        return calls.read(
                        "customer.payment_method.list",
                        (stripe, options) -> StripeJson.read(stripe.v1()
                                .customers()
                                .paymentMethods()
                                .list(customerId, params, options)
                                .getLastResponse()
                                .body()
                                .getBytes(StandardCharsets.UTF_8)))
                .map(answer -> StripeProblems.present(answer)
                        .map(StripeCustomers::fingerprints)
                        .orElse(List.of()));
    }

    private static List<String> fingerprints(JsonNode page) {
        return page.path("data")
                .valueStream()
                .map(PaymentMethodFingerprint::of)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /**
     * The user whom payment-service made the customer for; empty for customers of other systems. Metadata names the user, but is
     * anybody's to write: payment-service says whether that is so.
     */
    public Mono<String> userOf(String customerId) {
        return calls.read(
                        "customer.retrieve",
                        (stripe, options) -> StripeJson.read(stripe.v1()
                                .customers()
                                .retrieve(customerId, options)
                                .getLastResponse()
                                .body()
                                .getBytes(StandardCharsets.UTF_8)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .filter(customer -> environment.equals(StripeJson.metadata(customer, "env")))
                .mapNotNull(customer -> StripeJson.metadata(customer, "user_id"))
                .filter(user -> !user.isBlank() && user.length() <= LONGEST_USER) // no user's, and no address to ask at
                .filterWhen(user -> customers.isOf(user, customerId));
    }
}
