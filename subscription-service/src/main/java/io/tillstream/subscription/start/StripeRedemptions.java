package io.tillstream.subscription.start;

import static io.tillstream.subscription.stripe.StripeSubscriptions.json;

import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionListParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Promotion codes that a customer has redeemed, wherever that was: a code that is typed on Stripe's portal, or given on its
 * dashboard, is in no start.
 *
 * @see <a href="https://docs.stripe.com/api/promotion_codes">Stripe: customers redeem codes on the portal</a>
 */
@Component
class StripeRedemptions {

    private static final long MOST = 100; // one page, the newest first: eight years of a monthly plan
    private static final String DISCOUNTS = "data.discounts";
    private static final Set<String> NOT_BEGUN = Set.of("incomplete", "incomplete_expired");

    private final StripeCalls calls;

    StripeRedemptions(StripeCalls calls) {
        this.calls = calls;
    }

    /** Stripe's ids of the codes; one of a start that came to nothing is not used. */
    Flux<String> of(String customer) {
        return Flux.concat(
                        subscriptions(customer)
                                .filter(one -> !NOT_BEGUN.contains(String.valueOf(StripeJson.text(one, "status")))),
                        Flux.defer(() -> invoices(customer)).filter(StripeRedemptions::counts))
                .flatMapIterable(one -> one.path("discounts"))
                .mapNotNull(discount -> StripeJson.id(discount, "promotion_code"));
    }

    private static boolean counts(JsonNode invoice) {
        String status = StripeJson.text(invoice, "status");
        boolean first = "subscription_create".equals(StripeJson.text(invoice, "billing_reason"));
        return "paid".equals(status) || (!first && !"void".equals(status));
    }

    private Flux<JsonNode> subscriptions(String customer) {
        var params = SubscriptionListParams.builder()
                .setCustomer(customer)
                .setStatus(SubscriptionListParams.Status.ALL)
                .setLimit(MOST)
                .addExpand(DISCOUNTS)
                .build();
        return data(calls.read(
                "subscription.list",
                (stripe, options) -> json(stripe.v1().subscriptions().list(params, options))));
    }

    private Flux<JsonNode> invoices(String customer) {
        var params = InvoiceListParams.builder()
                .setCustomer(customer)
                .setLimit(MOST)
                .addExpand(DISCOUNTS)
                .build();
        return data(calls.read(
                "invoice.list", (stripe, options) -> json(stripe.v1().invoices().list(params, options))));
    }

    private static Flux<JsonNode> data(Mono<StripeResult<JsonNode>> asked) {
        return asked.flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .flatMapIterable(page -> page.path("data"));
    }
}
