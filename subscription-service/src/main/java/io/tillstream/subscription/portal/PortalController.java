package io.tillstream.subscription.portal;

import com.stripe.param.billingportal.SessionCreateParams;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.customer.Customers;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Sends a user to Stripe's portal. What they do there arrives by event, like everything else. */
@Tag(name = "Billing portal")
@RestController
class PortalController {

    private static final Logger LOG = LoggerFactory.getLogger(PortalController.class);

    private static final String OPEN = "billing_portal.session.create";

    private final Customers customers;
    private final StripeCalls calls;
    private final AllowedUrls urls;
    private final PortalConfigurations configurations;

    PortalController(Customers customers, StripeCalls calls, AllowedUrls urls, PortalConfigurations configurations) {
        this.configurations = configurations;
        this.customers = customers;
        this.calls = calls;
        this.urls = urls;
    }

    @Schema(name = "PortalRequest")
    record PortalRequest(
            @NotBlank @Size(max = 2_000) @Schema(example = "http://127.0.0.1:8080/account")
            String returnUrl) {}

    @Schema(name = "PortalSession")
    record Session(
            @Schema(example = "https://billing.stripe.com/p/session/test_a1b2c3")
            String url) {
        @Override
        public String toString() {
            return "Session[...]"; // whoever has the address is the user
        }
    }

    @Operation(
            operationId = "createBillingPortalSession",
            summary = "A page of Stripe's for your cards, bills and subscriptions",
            description = "The address is good for a few minutes, for you alone; the page leads back to `returnUrl`.")
    @ApiResponse(responseCode = "201", description = "Where to go")
    @ApiResponse(
            responseCode = "409",
            description = "`portal-not-configured`: the shop has not saved the portal's settings at Stripe")
    @ApiResponse(responseCode = "422", description = "`url-not-allowed`: `returnUrl` is not below an allowed origin")
    @PostMapping("/api/billing-portal/sessions")
    @ResponseStatus(HttpStatus.CREATED)
    @Idempotent(required = false, idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<Session> open(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody PortalRequest wish) {
        String returnUrl = urls.check("returnUrl", wish.returnUrl());
        return StripeTimeLimiter.forAnswer(customers
                .stripeIdOf(caller.userId(), caller.email())
                .flatMap(customer -> session(customer, returnUrl, key)
                        .flatMap(answer -> isLost(answer)
                                ? customers
                                        .anewInsteadOf(customer, caller.userId())
                                        .flatMap(anew -> session(anew, returnUrl, key))
                                : Mono.just(answer)))
                .map(this::shown));
    }

    private Mono<StripeResult<com.stripe.model.billingportal.Session>> session(
            String customer, String returnUrl, IdempotencyKey key) {
        var params = SessionCreateParams.builder().setCustomer(customer).setReturnUrl(returnUrl);
        return configurations.withoutCodes().flatMap(configuration -> {
            var asked =
                    configuration.map(params::setConfiguration).orElse(params).build();
            return calls.writeRepeatable(
                    OPEN,
                    key.id() + ":" + customer
                            + configuration.map(copy -> ":" + copy).orElse(""),
                    (stripe, options) -> stripe.v1().billingPortal().sessions().create(asked, options),
                    ExpectedValues.of("customer", customer));
        });
    }

    private Session shown(StripeResult<com.stripe.model.billingportal.Session> answer) {
        return answer.fold(
                page -> new Session(page.getUrl()),
                no -> {
                    throw new IllegalStateException("Stripe declined: " + no);
                },
                no -> {
                    throw refused(no);
                });
    }

    private static boolean isLost(StripeResult<?> answer) {
        return answer instanceof StripeResult.Refused<?> no && no.missing("customer");
    }

    /** Stripe has no code for a shop that has never saved the portal's settings: it says so in words. */
    private Problem refused(StripeResult.Refused<?> no) {
        if ("configuration".equals(no.param())
                || no.message().toLowerCase(Locale.ROOT).contains("configuration")) {
            LOG.error("Stripe's portal is not set up, so nobody gets there: {}", no);
            return Problem.conflict("portal-not-configured", "The shop has not set this page up at Stripe.");
        }
        calls.isOurFault(OPEN, no);
        return StripeProblems.ours(no);
    }
}
