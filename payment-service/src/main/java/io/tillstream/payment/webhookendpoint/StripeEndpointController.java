package io.tillstream.payment.webhookendpoint;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import java.time.Duration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Our webhook endpoint at Stripe, for operators. */
@Tag(name = "Operators")
@RestController
class StripeEndpointController {

    private static final Duration ASK_AGAIN = Duration.ofSeconds(5); // what was done is seen then

    private final WebhookEndpointFlow flow;

    StripeEndpointController(WebhookEndpointFlow flow) {
        this.flow = flow;
    }

    @Operation(
            operationId = "getStripeEndpoint",
            summary = "Whether Stripe sends its events to us (operators)",
            description =
                    "Asks Stripe: is our webhook endpoint registered, enabled, at the right URL, with the events that our"
                            + " services follow, in the API version that we read; and how many events wait for a delivery.")
    @GetMapping("/api/admin/stripe-endpoint")
    Mono<StripeEndpointJson> endpoint() {
        return flow.look()
                .map(StripeEndpointJson::of)
                .onErrorMap(StripeUnavailable.class, StripeEndpointController::away);
    }

    /** No answer is kept under a key: it may have the secret. A repeat finds what was mended, and does nothing. */
    @Operation(
            operationId = "repairStripeEndpoint",
            summary = "Registers or mends our webhook endpoint at Stripe (operators)",
            description =
                    "Enables it, gives it its URL and the events that it lacks. What cannot be changed, its API version, or is"
                            + " not there, takes a new endpoint, whose `secret` is in this answer and never again.")
    @PostMapping("/api/admin/stripe-endpoint/repair")
    @Idempotent(required = false, keepsAnswer = false)
    Mono<StripeEndpointJson.RepairJson> repair() {
        return flow.repair()
                .map(StripeEndpointJson.RepairJson::of)
                .onErrorMap(StripeUnavailable.class, StripeEndpointController::away)
                .onErrorMap(
                        OutcomeUnknown.class,
                        unknown -> Problem.unavailable("Stripe's answer is not known.", ASK_AGAIN));
    }

    private static Problem away(StripeUnavailable away) {
        return Problem.unavailable("Stripe does not answer.", away.retryAfter());
    }
}
