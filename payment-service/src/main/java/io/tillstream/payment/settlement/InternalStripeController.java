package io.tillstream.payment.settlement;

import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Stripe's objects for services that do not speak with Stripe: as Stripe has them now, in our version of its API, without
 * secrets and personal data. An event in a version that nobody has looked at is read by this.
 */
@RestController
class InternalStripeController {

    private static final Set<String> SHOWN =
            Set.of("payment_intent", "checkout.session", "charge", "refund", "dispute");

    private final StripeRetrievals retrievals;

    InternalStripeController(StripeRetrievals retrievals) {
        this.retrievals = retrievals;
    }

    @GetMapping(path = "/internal/stripe-objects/{type}/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<String> object(@PathVariable String type, @PathVariable String id) {
        if (!SHOWN.contains(type)) {
            return Mono.error(Problem.notFound());
        }
        return retrievals
                .retrieve(type, id)
                .map(json -> StripeJson.withoutPrivateFields(StripeJson.read(json.getBytes(StandardCharsets.UTF_8)))
                        .toString())
                .switchIfEmpty(Mono.error(() -> Problem.missing(id)))
                .onErrorMap(
                        StripeUnavailable.class,
                        away -> Problem.unavailable("Stripe does not answer.", away.retryAfter()));
    }
}
