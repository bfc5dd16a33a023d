package io.tillstream.payment.customer;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A user's own data. */
@Tag(name = "Customers")
@RestController
class CustomerController {

    private final CustomerFlow flow;
    private final CustomerDeletion deletion;

    CustomerController(CustomerFlow flow, CustomerDeletion deletion) {
        this.flow = flow;
        this.deletion = deletion;
    }

    @Operation(
            operationId = "registerCustomer",
            summary = "Register yourself",
            description = "Makes your customer at Stripe, once. Registering again takes over the new data.")
    @ApiResponse(responseCode = "201", description = "Registered")
    @ApiResponse(responseCode = "200", description = "Was registered; the data is taken over")
    @PostMapping("/api/customers")
    @Idempotent(required = false, idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<ResponseEntity<CustomerJson.View>> register(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody CustomerJson.Registration registration) {
        return flow.register(caller.userId(), key.id(), registration.details())
                .map(done -> ResponseEntity.status(done.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                        .body(CustomerJson.View.of(done.customer())));
    }

    @Operation(operationId = "getOwnCustomer", summary = "Your data")
    @ApiResponse(responseCode = "200", description = "Your data")
    @ApiResponse(
            responseCode = "404",
            description = "Not registered, and nothing paid or saved",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @GetMapping("/api/customers/me")
    Mono<CustomerJson.View> me(@Parameter(hidden = true) Caller caller) {
        return flow.known(caller.userId()).map(CustomerJson.View::of);
    }

    @Operation(
            operationId = "changeOwnCustomer",
            summary = "Change your name, email or address",
            description = "What is left out stays. Reaches Stripe too.")
    @ApiResponse(responseCode = "200", description = "Your data")
    @ApiResponse(
            responseCode = "404",
            description = "Not registered, and nothing paid or saved",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @PatchMapping("/api/customers/me")
    Mono<CustomerJson.View> change(
            @Parameter(hidden = true) Caller caller, @Valid @RequestBody CustomerJson.Change change) {
        if (change.details().isEmpty()) {
            return Mono.error(Problem.invalid("request", "names nothing to change"));
        }
        return flow.change(caller.userId(), change.details()).map(CustomerJson.View::of);
    }

    @Operation(
            operationId = "deleteOwnCustomer",
            summary = "Delete yourself",
            description = "Deletes your customer at Stripe with all cards, which ends your subscriptions, and your data"
                    + " here: name, address and e-mail in every service. What you paid stays on record, without your name."
                    + " A live subscription is told first, with 409, unless `confirm` says that it may end.")
    @ApiResponse(responseCode = "204", description = "Deleted")
    @ApiResponse(responseCode = "202", description = "Deleted here; Stripe has not confirmed yet and is asked again")
    @ApiResponse(
            responseCode = "404",
            description = "Not registered, and nothing paid or saved; an address of your orders is erased all the same",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @ApiResponse(
            responseCode = "409",
            description = "A subscription is live (`subscription-active`)",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @DeleteMapping("/api/customers/me")
    Mono<ResponseEntity<Void>> delete(
            @Parameter(hidden = true) Caller caller,
            @Parameter(description = "`end_subscriptions`: what is live may end at once", example = "end_subscriptions")
                    @RequestParam(required = false)
                    @Nullable
                    @Pattern(regexp = "end_subscriptions", message = "can only be end_subscriptions")
                    String confirm) {
        return deletion.leave(caller.userId(), confirm != null)
                .map(done -> ResponseEntity.status(done ? HttpStatus.NO_CONTENT : HttpStatus.ACCEPTED)
                        .build());
    }
}
