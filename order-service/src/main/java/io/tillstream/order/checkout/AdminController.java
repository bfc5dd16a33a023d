package io.tillstream.order.checkout;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.events.Money;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.order.Orders;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import jakarta.validation.Valid;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the shop's own people do with orders. */
@RestController
@Tag(name = "Operators")
class AdminController {

    private final Orders orders;
    private final RefundFlow refunds;

    AdminController(Orders orders, RefundFlow refunds) {
        this.orders = orders;
        this.refunds = refunds;
    }

    /** A refund that was begun; the order follows it. */
    @Schema(name = "OrderRefund")
    record RefundJson(
            @Schema(example = "0d6f0b7c-2e11-4d7e-9a55-5c0a3f1e8d1c")
            String id,

            UUID orderId,

            @Schema(allowableValues = {"pending", "requires_action", "succeeded", "failed", "canceled"})
            String status,

            Money amount) {}

    @PostMapping("/api/orders/{id}/refunds")
    @Idempotent
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            operationId = "refundOrder",
            summary = "Gives money back, all or part (operators)",
            description =
                    "409 `refund-exceeds-paid`, `payment-disputed` or `not-paid`. 500 `stripe-answer-differs`: another"
                            + " amount went back. 504 `refund-outcome-unknown`: it may be made; send it again with the same key.")
    Mono<RefundJson> refund(
            Caller caller,
            @PathVariable UUID id,
            IdempotencyKey key,
            @Valid @RequestBody OrderRequests.Refund request) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return refunds.refund(id, key.id(), caller.userId(), request)
                .map(refund -> new RefundJson(
                        refund.id(), id, refund.status(), new Money(refund.amount(), refund.currency())));
    }

    @GetMapping("/api/admin/orders")
    @Operation(operationId = "searchOrders", summary = "Orders of all users, newest first (operators)")
    Mono<Page<OrderJson>> search(
            Caller caller,
            Paging paging,
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @AllowableValues(OrderStatus.class) @Nullable String status,
            @RequestParam(required = false) @Nullable String paymentIntent) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return orders.newest(search(userId, status, paymentIntent, paging.after()), paging.rowsToRead())
                .collectList()
                .map(rows -> Page.of(rows, paging, OrderController::cursor).map(OrderJson::forOperators));
    }

    @GetMapping("/api/admin/orders/{id}")
    @Operation(operationId = "getAnyOrder", summary = "One order of any user (operators)")
    Mono<OrderJson> one(Caller caller, @PathVariable UUID id) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return orders.find(id).map(OrderJson::forOperators).switchIfEmpty(Mono.error(Problem::notFound));
    }

    static Orders.Search search(
            @Nullable String userId, @Nullable String status, @Nullable String paymentIntent, @Nullable Cursor after) {
        OrderStatus wanted = status == null ? null : status(status);
        return after == null
                ? new Orders.Search(userId, wanted, paymentIntent, null, null)
                : new Orders.Search(userId, wanted, paymentIntent, after.createdAt(), uuid(after.id()));
    }

    private static OrderStatus status(String name) {
        return Arrays.stream(OrderStatus.values())
                .filter(status -> status.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> Problem.invalid("status", "is not a status of orders"));
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw Problem.malformed("cursor", "is not one that was given out");
        }
    }
}
