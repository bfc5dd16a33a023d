package io.tillstream.order.settlement;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import io.tillstream.web.settlement.SettlementStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** For the page to which the buyer comes back, maybe before Stripe's events. */
@RestController
@RequestMapping("/api/orders/{id}")
@Tag(name = "Orders")
class OrderStatusController {

    private static final String STREAM = """
            event: settlement
            data: {"orderId": "5c0a3f1e-8d1c-4d7e-9a55-0d6f0b7c2e11", "state": "paid", "status": "paid", "version": 3}
            """;

    private final Orders orders;
    private final Timeline timeline;
    private final OrderStatusWatcher waits;
    private final PaymentResponseHandler news;
    private final OrderStatusSettings settings;

    OrderStatusController(
            Orders orders,
            Timeline timeline,
            OrderStatusWatcher waits,
            PaymentResponseHandler news,
            OrderStatusSettings settings) {
        this.orders = orders;
        this.timeline = timeline;
        this.waits = waits;
        this.news = news;
        this.settings = settings;
    }

    @GetMapping(path = "/settlement", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "getOrderSettlement",
            summary = "Whether the order is paid, waiting for that for a while",
            description = "Answers at once if there is something to say, else when there is, or when `wait` ends: then"
                    + " the payment is read from Stripe once. An `action_required` that was there before the wait is"
                    + " none, unless it is above `since`. With `Accept: text/event-stream` a stream of changes.")
    Mono<OrderStatusJson> settlement(
            Caller caller,
            @PathVariable UUID id,
            @Parameter(description = "at most 30s", example = "20s") @RequestParam(defaultValue = "0s") String wait,
            @Parameter(description = "only a version above this is news") @RequestParam(required = false) @Nullable
                    Integer since) {
        Duration limit = SettlementStream.longestWait(wait);
        return own(caller, id)
                .map(OrderStatusJson::of)
                .flatMap(now -> now.isNews(since) || limit.isZero()
                        ? Mono.just(now)
                        : later(id, limit, since == null ? now.version() : since));
    }

    private Mono<OrderStatusJson> later(UUID id, Duration limit, int since) {
        return waits.watch(id)
                .map(OrderStatusJson::of)
                .filter(state -> state.isNews(since))
                .next()
                .timeout(limit, Mono.empty())
                .switchIfEmpty(Mono.defer(() -> asked(id)));
    }

    /** No news came: Stripe is read once, through payment-service; if that is away, what we know has to do. */
    private Mono<OrderStatusJson> asked(UUID id) {
        return news.ask(id).onErrorResume(fault -> orders.find(id)).map(OrderStatusJson::of);
    }

    @GetMapping(path = "/settlement", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                            schema = @Schema(implementation = OrderStatusJson.class),
                            examples = @ExampleObject(STREAM)))
    Flux<ServerSentEvent<OrderStatusJson>> stream(Caller caller, @PathVariable UUID id) {
        return own(caller, id).flatMapMany(order -> SettlementStream.of(told(order), read(id)));
    }

    private Flux<OrderStatusJson> told(Order order) {
        return Flux.concat(Flux.just(order), waits.watch(order.id())).map(OrderStatusJson::of);
    }

    private Mono<OrderStatusJson> read(UUID id) {
        return Mono.delay(settings.streamReadsAfter())
                .flatMap(late -> orders.find(id))
                .map(OrderStatusJson::of)
                .filter(OrderStatusJson::isOpen)
                .flatMap(open -> asked(id));
    }

    @GetMapping("/timeline")
    @Operation(
            operationId = "getOrderTimeline",
            summary = "Why the order is in its state: calls, events applied and ignored, moves")
    Mono<Entries> timeline(Caller caller, @PathVariable UUID id) {
        return orders.find(id)
                .filter(order -> order.userId().equals(caller.userId()) || caller.isOperator())
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(order -> timeline.of(id).collectList())
                .map(Entries::new);
    }

    @Schema(name = "OrderTimeline")
    record Entries(List<Timeline.Entry> data) {}

    private Mono<Order> own(Caller caller, UUID id) {
        return orders.find(id, caller.userId()).switchIfEmpty(Mono.error(Problem::notFound));
    }
}
