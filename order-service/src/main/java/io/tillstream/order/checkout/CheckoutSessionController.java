package io.tillstream.order.checkout;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.order.checkout.OrderJson.SessionJson;
import io.tillstream.order.checkout.OrderRequests.CheckoutSession;
import io.tillstream.order.order.Orders;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import java.time.Duration;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Checkout Sessions of mode payment; the gateway sends the other modes elsewhere. */
@RestController
@Tag(name = "Checkout")
class CheckoutSessionController {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Orders orders;
    private final OrderFlow flow;
    private final AllowedUrls urls;

    CheckoutSessionController(Orders orders, OrderFlow flow, AllowedUrls urls) {
        this.orders = orders;
        this.flow = flow;
        this.urls = urls;
    }

    @PostMapping("/api/checkout/sessions")
    @Idempotent(required = false, idIn = "order_payments.id")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            operationId = "createCheckoutSession",
            summary = "Opens a page of Stripe's for an order, a card or a plan",
            description = "With `mode` payment an order can be paid on it. A new page closes the one before."
                    + " `{CHECKOUT_SESSION_ID}` in `successUrl` becomes its id.")
    @ApiResponse(responseCode = "201", description = "The page is open")
    @ApiResponse(
            responseCode = "404",
            description = "No such order, or not yours",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    Mono<SessionJson> open(Caller caller, IdempotencyKey key, @Valid @RequestBody CheckoutSession session) {
        session.check(urls);
        return orders.find(session.orderId(), caller.userId())
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(order -> flow.pay(order, key.id(), "checkout", PaymentApiMapper.by(order, caller, session)))
                .map(paid -> opened(session.orderId(), paid.answer()));
    }

    /** Without the page's address there is nothing to give; the same key asks for the same page again. */
    private static SessionJson opened(UUID orderId, PaymentResponse answer) {
        String id = answer.stripeCheckoutSessionId();
        if (id == null) {
            throw Problem.unavailable("The page is not there yet; ask again with the same key.", RETRY_AFTER);
        }
        return new SessionJson(id, answer.checkoutUrl(), answer.clientSecret(), orderId);
    }
}
