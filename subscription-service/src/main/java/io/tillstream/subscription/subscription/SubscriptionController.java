package io.tillstream.subscription.subscription;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Subscriptions of the user who asks, and for operators those of all. */
@RestController
class SubscriptionController {

    private final Subscriptions subscriptions;

    SubscriptionController(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    @GetMapping("/api/subscriptions")
    @Tag(name = "Subscriptions")
    @Operation(
            operationId = "listSubscriptions",
            summary = "Own subscriptions, newest first",
            description =
                    "Without starts that are not paid: `incomplete`, `incomplete_expired`, `failed`, pages on which nobody"
                            + " paid, and what was canceled before it was paid. With `status`, all that have it.")
    Mono<Page<SubscriptionJson>> list(
            @Parameter(hidden = true) Caller caller,
            Paging paging,
            @RequestParam(required = false) @AllowableValues(SubscriptionStatus.class) @Nullable String status) {
        var search = search(true, caller.userId(), status, null, null, paging.after());
        return subscriptions.page(search, paging.rowsToRead()).collectList().map(rows -> Page.of(
                        rows, paging, SubscriptionController::cursor)
                .map(SubscriptionJson::of));
    }

    @GetMapping("/api/subscriptions/{id}")
    @Tag(name = "Subscriptions")
    @Operation(operationId = "getSubscription", summary = "One of the own subscriptions")
    Mono<SubscriptionJson> one(@Parameter(hidden = true) Caller caller, @PathVariable UUID id) {
        return subscriptions
                .find(id, caller.userId())
                .map(SubscriptionJson::of)
                .switchIfEmpty(Mono.error(Problem::notFound));
    }

    @GetMapping("/api/admin/subscriptions")
    @Tag(name = "Operators")
    @Operation(operationId = "searchSubscriptions", summary = "Subscriptions of all users, newest first (operators)")
    Mono<Page<SubscriptionJson>> search(
            @Parameter(hidden = true) Caller caller,
            Paging paging,
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @AllowableValues(SubscriptionStatus.class) @Nullable String status,
            @RequestParam(required = false) @Nullable String planId,
            @RequestParam(required = false) @Nullable String stripeSubscriptionId) {
        mustBeOperator(caller);
        return subscriptions
                .page(search(false, userId, status, planId, stripeSubscriptionId, paging.after()), paging.rowsToRead())
                .collectList()
                .map(rows ->
                        Page.of(rows, paging, SubscriptionController::cursor).map(SubscriptionJson::forOperators));
    }

    @GetMapping("/api/admin/subscriptions/{id}")
    @Tag(name = "Operators")
    @Operation(operationId = "getAnySubscription", summary = "One subscription of any user (operators)")
    Mono<SubscriptionJson> any(@Parameter(hidden = true) Caller caller, @PathVariable UUID id) {
        mustBeOperator(caller);
        return subscriptions.find(id).map(SubscriptionJson::forOperators).switchIfEmpty(Mono.error(Problem::notFound));
    }

    private static void mustBeOperator(Caller caller) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
    }

    private static Subscriptions.Search search(
            boolean own,
            @Nullable String userId,
            @Nullable String status,
            @Nullable String planId,
            @Nullable String stripeId,
            @Nullable Cursor after) {
        SubscriptionStatus wanted = status == null ? null : status(status);
        return after == null
                ? new Subscriptions.Search(own, userId, wanted, planId, stripeId, null, null)
                : new Subscriptions.Search(own, userId, wanted, planId, stripeId, after.createdAt(), uuid(after.id()));
    }

    private static SubscriptionStatus status(String name) {
        return Arrays.stream(SubscriptionStatus.values())
                .filter(status -> status.text().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.invalid("status", "is not a status of subscriptions"));
    }

    private static Cursor cursor(Subscription subscription) {
        return new Cursor(subscription.createdAt(), subscription.id().toString());
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw Problem.malformed("cursor", "is not one that was given out");
        }
    }
}
