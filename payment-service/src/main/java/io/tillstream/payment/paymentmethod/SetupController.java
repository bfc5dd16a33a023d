package io.tillstream.payment.paymentmethod;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.sessionkey.CheckoutSessionKeys;
import io.tillstream.payment.sessionkey.CheckoutSessionKeys.Mode;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Ways to add a card without paying. */
@RestController
class SetupController {

    private final SetupFlow flow;
    private final CustomerFacade customers;
    private final AllowedUrls urls;
    private final CheckoutSessionKeys sessionKeys;

    SetupController(SetupFlow flow, CustomerFacade customers, AllowedUrls urls, CheckoutSessionKeys sessionKeys) {
        this.flow = flow;
        this.customers = customers;
        this.urls = urls;
        this.sessionKeys = sessionKeys;
    }

    @Tag(name = "Payment methods")
    @Operation(
            operationId = "createSetupIntent",
            summary = "Collect a card with Elements",
            description =
                    "Confirm the setup intent with Stripe.js (3-D Secure included). The card is in your list as soon"
                            + " as Stripe has told; nothing is charged.")
    @PostMapping("/api/payment-methods/setup-intents")
    @Idempotent(required = false, idIn = Idempotent.CALLS_TO_STRIPE)
    @ResponseStatus(HttpStatus.CREATED)
    Mono<SetupJson.Intent> intent(
            @Parameter(hidden = true) Caller caller, @Parameter(hidden = true) IdempotencyKey key) {
        return customers
                .met(caller.userId(), caller.email())
                .then(Mono.defer(() -> flow.intent(caller.userId(), key.id())));
    }

    @Tag(name = "Checkout")
    @Operation(
            operationId = "createCheckoutSession",
            summary = "Opens a page of Stripe's for an order, a card or a plan",
            description = "With `mode` setup a card is added on it.")
    @PostMapping("/api/checkout/sessions")
    @Idempotent(required = false, idIn = Idempotent.CALLS_TO_STRIPE)
    @ResponseStatus(HttpStatus.CREATED)
    Mono<SetupJson.Session> session(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody SetupJson.ToOpen session) {
        StripeSetups.Pages pages = session.pages(urls);
        return sessionKeys
                .take(key.id(), Mode.SETUP)
                .then(Mono.defer(() -> customers.met(caller.userId(), caller.email())))
                .then(Mono.defer(() -> flow.session(caller.userId(), key.id(), pages)));
    }
}
