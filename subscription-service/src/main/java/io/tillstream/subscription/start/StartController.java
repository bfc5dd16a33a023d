package io.tillstream.subscription.start;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.subscription.subscription.SubscriptionJson;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import jakarta.validation.Valid;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Where subscriptions begin; the gateway sends Checkout Sessions of the other modes elsewhere. */
@RestController
class StartController {

    private final StartFlow flow;
    private final CheckoutFlow checkout;
    private final AllowedUrls urls;

    StartController(StartFlow flow, CheckoutFlow checkout, AllowedUrls urls) {
        this.flow = flow;
        this.checkout = checkout;
        this.urls = urls;
    }

    @PostMapping("/api/subscriptions")
    @Idempotent(idIn = "subscriptions.id")
    @Tag(name = "Subscriptions")
    @Operation(
            operationId = "startSubscription",
            summary = "Begin a subscription",
            description =
                    "Without a card, `clientSecret` lets the browser pay the first bill (`clientSecretFor` is payment) or"
                            + " keep a card for the time after the trial (setup). With one of your saved cards, or a new one, it is paid at"
                            + " once; if the bank wants to see you, `status` is incomplete and `clientSecret` is there. An unpaid"
                            + " start of the same plan is gone on with if it asks for the same, else it is closed first.")
    @ApiResponse(responseCode = "201", description = "Begun")
    @ApiResponse(responseCode = "200", description = "Begun before with the same wishes, and still to be paid")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; see `/settlement`")
    @ApiResponse(
            responseCode = "402",
            description = "card-declined; nothing was begun",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @ApiResponse(
            responseCode = "409",
            description =
                    "subscription-already-live, with `subscriptionId`; price-changed, with the `price` of one unit:"
                            + " it is not the `expectedAmount`; start-refused: Stripe does not allow it, for what its user"
                            + " has or gave there, an address say; or start-failed: begin anew with another key",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @ApiResponse(
            responseCode = "422",
            description = "payment-method-unusable: the card is not yours, or not usable any more; token-already-used;"
                    + " amount-not-payable: all units together cost more than can be paid at once; or"
                    + " validation-failed",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    Mono<ResponseEntity<SubscriptionJson>> start(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody StartJson.Start request) {
        return flow.start(caller.userId(), key.id(), request.wish(key.id(), caller.email()))
                .map(StartController::answer);
    }

    private static ResponseEntity<SubscriptionJson> answer(StartResult started) {
        StartResult.Declined declined = started.declined();
        if (declined != null) {
            throw StartRefusals.declined(started, declined);
        }
        StartResult.Secret secret = started.secret();
        HttpStatus status =
                !started.settled() ? HttpStatus.ACCEPTED : started.isNew() ? HttpStatus.CREATED : HttpStatus.OK;
        return ResponseEntity.status(status)
                .location(URI.create(
                        "/api/subscriptions/" + started.subscription().id()))
                .body(SubscriptionJson.started(
                        started.subscription(),
                        secret == null ? null : secret.value(),
                        secret == null ? null : secret.purpose()));
    }

    @PostMapping("/api/checkout/sessions")
    @Idempotent(required = false, idIn = "subscriptions.id")
    @ResponseStatus(HttpStatus.CREATED)
    @Tag(name = "Checkout")
    @Operation(
            operationId = "createCheckoutSession",
            summary = "Opens a page of Stripe's for an order, a card or a plan",
            description =
                    "With `mode` subscription a plan can be subscribed to on it. A new page closes the one before."
                            + " `{CHECKOUT_SESSION_ID}` in `successUrl` becomes its id.")
    @ApiResponse(responseCode = "201", description = "The page is open")
    @ApiResponse(
            responseCode = "409",
            description =
                    "For a plan: subscription-already-live, or price-changed, with the `price` of one unit: it is not"
                            + " the `expectedAmount`",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    Mono<StartJson.Session> open(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody StartJson.Checkout request) {
        return checkout.open(caller.userId(), key.id(), request.wish(urls, key.id(), caller.email()));
    }
}
