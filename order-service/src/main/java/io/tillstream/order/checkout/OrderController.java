package io.tillstream.order.checkout;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.order.checkout.OrderJson.PaymentJson;
import io.tillstream.order.checkout.OrderRequests.Payment;
import io.tillstream.order.checkout.OrderRequests.PlaceOrder;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.order.payment.PaymentRequest;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Orders of the user who asks; anybody else's are not found. */
@RestController
@RequestMapping("/api/orders")
@Tag(name = "Orders")
class OrderController {

    private final OrderPlacement placed;
    private final Orders orders;
    private final OrderFlow flow;
    private final AllowedUrls urls;

    OrderController(OrderPlacement placed, Orders orders, OrderFlow flow, AllowedUrls urls) {
        this.placed = placed;
        this.orders = orders;
        this.flow = flow;
        this.urls = urls;
    }

    @PostMapping
    @Idempotent(idIn = "orders.id")
    @Operation(
            operationId = "placeOrder",
            summary = "Places an order, and pays it if a payment is part of the request",
            description =
                    "Prices come from the catalog. 202 while the payment's outcome is open; a declined card is 402"
                            + " `card-declined` with `orderId`, and the order stays open.")
    @ApiResponse(responseCode = "201", description = "Done")
    @ApiResponse(responseCode = "202", description = "The outcome of the payment is open")
    @ApiResponse(
            responseCode = "402",
            description = "card-declined; the order stays open",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @ApiResponse(
            responseCode = "409",
            description = "`customer-deleted` meanwhile; of the payment see `payOrder`",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    Mono<ResponseEntity<OrderJson>> place(Caller caller, IdempotencyKey key, @Valid @RequestBody PlaceOrder request) {
        Payment payment = request.payment();
        if (payment != null) {
            payment.check(urls);
        }
        return placed.place(key.id(), caller.userId(), request)
                .flatMap(done -> payment == null
                        ? Mono.just(created(OrderJson.of(done.order())))
                        : payFirst(done, caller, payment));
    }

    private Mono<ResponseEntity<OrderJson>> payFirst(OrderPlacement.Placed done, Caller caller, Payment payment) {
        Order order = done.order();
        UUID attempt = PaymentApiMapper.firstAttempt(order.id());
        PaymentRequest request = PaymentApiMapper.by(order, caller, payment);
        return (done.begun()
                        ? flow.payBegun(order, attempt, payment.method(), request)
                        : flow.pay(order, attempt, payment.method(), request))
                .map(paid -> ResponseEntity.status(PaymentApiMapper.status(paid.answer()))
                        .location(URI.create("/api/orders/" + order.id()))
                        .body(OrderJson.of(paid.order(), PaymentApiMapper.orDeclined(paid))));
    }

    @GetMapping
    @Operation(operationId = "listOrders", summary = "Own orders, newest first")
    Mono<Page<OrderJson>> list(Caller caller, Paging paging) {
        return orders.newest(AdminController.search(caller.userId(), null, null, paging.after()), paging.rowsToRead())
                .collectList()
                .map(rows -> Page.of(rows, paging, OrderController::cursor).map(OrderJson::of));
    }

    @GetMapping("/{id}")
    @Operation(operationId = "getOrder", summary = "One of the own orders")
    Mono<OrderJson> one(Caller caller, @PathVariable UUID id) {
        return own(caller, id).map(OrderJson::of);
    }

    @PostMapping("/{id}/payments")
    @Idempotent(idIn = "order_payments.id")
    @Operation(
            operationId = "payOrder",
            summary = "Pays the order now",
            description = "202 while the outcome is open; a declined card is 402 `card-declined`; 409"
                    + " `order-already-paid`, `order-canceled`, `order-expired` (it was not paid in time: place it anew), `order-being-canceled` until it is known which of the two, "
                    + "`payment-in-progress`, or `payment-not-taken`: this try"
                    + " is over and took nothing.")
    @ApiResponse(responseCode = "201", description = "Done")
    @ApiResponse(responseCode = "202", description = "The outcome of the payment is open")
    @ApiResponse(
            responseCode = "402",
            description = "card-declined; the order stays open",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    Mono<ResponseEntity<PaymentJson>> pay(
            Caller caller, @PathVariable UUID id, IdempotencyKey key, @Valid @RequestBody Payment payment) {
        payment.check(urls);
        return own(caller, id)
                .flatMap(order ->
                        flow.pay(order, key.id(), payment.method(), PaymentApiMapper.by(order, caller, payment)))
                .map(paid -> ResponseEntity.status(PaymentApiMapper.status(paid.answer()))
                        .body(PaymentApiMapper.orDeclined(paid)));
    }

    @PostMapping("/{id}/cancel")
    @Idempotent(required = false)
    @Operation(
            operationId = "cancelOrder",
            summary = "Cancels the order: closes every open way to pay, then cancels",
            description = "409 `order-already-paid`. On 503 the cancel goes on by itself.")
    Mono<OrderJson> cancel(Caller caller, @PathVariable UUID id) {
        return own(caller, id).flatMap(flow::cancel).map(OrderJson::of);
    }

    static Cursor cursor(Order order) {
        return new Cursor(order.createdAt(), order.id().toString());
    }

    private Mono<Order> own(Caller caller, UUID id) {
        return orders.find(id, caller.userId()).switchIfEmpty(Mono.error(Problem::notFound));
    }

    private static ResponseEntity<OrderJson> created(OrderJson order) {
        return ResponseEntity.created(URI.create("/api/orders/" + order.id())).body(order);
    }
}
