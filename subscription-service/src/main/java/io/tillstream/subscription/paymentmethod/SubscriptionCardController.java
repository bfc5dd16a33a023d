package io.tillstream.subscription.paymentmethod;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.subscription.subscription.SubscriptionJson;
import io.tillstream.web.Caller;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The card that pays a subscription. */
@Tag(name = "Subscriptions")
@RestController
class SubscriptionCardController {

    private final SubscriptionCardFlow flow;

    SubscriptionCardController(SubscriptionCardFlow flow) {
        this.flow = flow;
    }

    @Schema(name = "SubscriptionPaymentMethodRequest")
    record Request(
            @NotNull
            @Pattern(regexp = "pm_[A-Za-z0-9_]{1,120}")
            @Schema(description = "One of your saved cards", example = "pm_1SbCdEfGhIjKlMnO")
            String paymentMethodId) {}

    @Operation(
            operationId = "changeSubscriptionPaymentMethod",
            summary = "Pay a subscription with another of your saved cards",
            description =
                    "From the next invoice on; an open one is paid with `POST /api/invoices/{id}/pay`, or by Stripe's"
                            + " next try.")
    @ApiResponse(responseCode = "200", description = "It pays from now on")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(
            responseCode = "409",
            description =
                    "`subscription-ended`, `subscription-starting`, `subscription-refused`, `change-in-progress`: while another change is planned")
    @PutMapping("/api/subscriptions/{id}/payment-method")
    Mono<ResponseEntity<SubscriptionJson>> change(
            @Parameter(hidden = true) Caller caller, @PathVariable UUID id, @Valid @RequestBody Request request) {
        return flow.payWith(caller.userId(), id, request.paymentMethodId())
                .map(done -> ResponseEntity.status(done.settled() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                        .body(SubscriptionJson.of(done.subscription())));
    }
}
