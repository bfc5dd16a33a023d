package io.tillstream.payment.paymentmethod;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import jakarta.validation.Valid;
import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A user's saved cards. */
@Tag(name = "Payment methods")
@RestController
@RequestMapping("/api/payment-methods")
class PaymentMethodController {

    private final PaymentMethodFlow flow;
    private final CardRemoval removal;
    private final Cards cards;
    private final CustomerFacade customers;
    private final Clock clock;

    PaymentMethodController(
            PaymentMethodFlow flow, CardRemoval removal, Cards cards, CustomerFacade customers, Clock clock) {
        this.flow = flow;
        this.removal = removal;
        this.cards = cards;
        this.customers = customers;
        this.clock = clock;
    }

    @Operation(
            operationId = "listPaymentMethods",
            summary = "Your saved cards",
            description = "Newest first; the same card is there once.")
    @GetMapping
    Mono<Page<PaymentMethodJson.View>> list(@Parameter(hidden = true) Caller caller, Paging paging) {
        Mono<String> defaultCard = customers
                .find(caller.userId())
                .mapNotNull(customer -> customer.defaultCard())
                .flatMap(cards::shownFor)
                .defaultIfEmpty("");
        return cards.page(caller.userId(), paging)
                .collectList()
                .zipWith(defaultCard)
                .map(found -> Page.of(found.getT1(), paging, PaymentMethodController::cursor)
                        .map(card -> PaymentMethodJson.View.of(card, card.id().equals(found.getT2()))));
    }

    private static Cursor cursor(Card card) {
        return new Cursor(card.createdAt(), card.id());
    }

    @Operation(
            operationId = "savePaymentMethod",
            summary = "Save a card",
            description =
                    "A card that is saved already (by its number) is kept once: the answer is then 200 with its id,"
                            + " and the later expiry.")
    @ApiResponse(responseCode = "201", description = "Saved")
    @ApiResponse(responseCode = "200", description = "Was saved already")
    @ApiResponse(responseCode = "402", description = "The bank said no (`card-declined`); `failure` tells why.")
    @ApiResponse(responseCode = "404", description = "No such payment method, or not yours")
    @PostMapping
    @Idempotent(required = false, idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<ResponseEntity<PaymentMethodJson.View>> save(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody PaymentMethodJson.ToSave card) {
        return customers
                .met(caller.userId(), caller.email())
                .then(Mono.defer(() -> flow.save(caller.userId(), card.wish(key.id()))))
                .map(saved -> ResponseEntity.status(saved.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                        .body(PaymentMethodJson.View.of(saved.card(), saved.isDefault())));
    }

    @Operation(
            operationId = "changePaymentMethod",
            summary = "Make a card the default, or change its expiry or billing details",
            description = "With `forSubscriptions` it also pays all subscriptions that are paid with another card.")
    @ApiResponse(responseCode = "200", description = "The card as it is now")
    @ApiResponse(responseCode = "402", description = "The bank said no (`card-declined`)")
    @PutMapping("/{id}")
    Mono<PaymentMethodJson.View> change(
            @Parameter(hidden = true) Caller caller,
            @Parameter(example = "pm_1SbCdEfGhIjKlMnO") @PathVariable String id,
            @Valid @RequestBody PaymentMethodJson.Change change) {
        CardUpdateRequest checked = change.change(YearMonth.now(clock.withZone(ZoneOffset.UTC)));
        return flow.change(caller.userId(), id, checked, change.makesDefault(), change.paysSubscriptions())
                .map(now -> PaymentMethodJson.View.of(now.card(), now.isDefault()));
    }

    @Operation(
            operationId = "removePaymentMethod",
            summary = "Remove a card",
            description = "Detaches it at Stripe, for good.")
    @ApiResponse(responseCode = "204", description = "Removed")
    @ApiResponse(
            responseCode = "409",
            description =
                    "A subscription is paid with it (`payment-method-in-use`): name another card with replaceWith.")
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> remove(
            @Parameter(hidden = true) Caller caller,
            @Parameter(example = "pm_1SbCdEfGhIjKlMnO") @PathVariable String id,
            @Parameter(
                            description = "Another card of yours, which pays from now on",
                            example = "pm_1SbOtherCardOfYours")
                    @RequestParam(required = false)
                    @Nullable
                    String replaceWith) {
        return removal.remove(caller.userId(), id, replaceWith);
    }
}
