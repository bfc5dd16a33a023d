package io.tillstream.benchmark;

import io.tillstream.benchmark.load.Buyer;
import io.tillstream.benchmark.load.Work;
import io.tillstream.benchmark.measure.Database;
import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.measure.Simulator;
import io.tillstream.benchmark.measure.Until;
import io.tillstream.benchmark.peer.Shop;
import io.tillstream.local.Part;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The whole system, as a shop. */
final class TillstreamShop implements Shop {
    private static final int BUYERS = 8;

    private final MeasuredSystem system;
    private final List<String> tokens;
    private final Database database;
    private final Simulator simulator;

    private TillstreamShop(MeasuredSystem system, List<String> tokens) {
        this.system = system;
        this.tokens = tokens;
        this.database = Database.of(system.jdbcUrl());
        this.simulator = new Simulator(system.url(Part.STRIPE_SIMULATOR));
    }

    static Shop start(boolean profiles) {
        List<String> people =
                IntStream.range(0, BUYERS).mapToObj(number -> "buyer" + number).toList();
        MeasuredSystem system = MeasuredSystem.start(people, profiles);
        try {
            return new TillstreamShop(system, people.stream().map(system::token).toList());
        } catch (RuntimeException failure) {
            system.close();
            throw failure;
        }
    }

    @Override
    public String name() {
        return "Tillstream";
    }

    @Override
    public Work buyer(int number) {
        return new Buyer(system.url(Part.GATEWAY), tokens.get(number % BUYERS));
    }

    @Override
    public void awaitSettled(int orders) {
        long all = orders;
        Until.equal(
                this::counts,
                Map.of(
                        "orders paid", all,
                        "orders that Stripe's event says are paid", all,
                        "order.paid sent", all,
                        "payments succeeded", all,
                        "unsent", 0L,
                        "on their way from Stripe", 0L));
    }

    private Map<String, Long> counts() {
        return Map.of(
                "orders paid", database.number("orders", "select count(*) from orders where status = 'PAID'"),
                "orders that Stripe's event says are paid",
                        database.number(
                                "orders",
                                "select count(distinct order_id) from order_timeline where what = 'payment_intent.succeeded'"),
                "order.paid sent",
                        database.number(
                                "orders",
                                "select count(*) from outbox where type like '%order.paid.v1' and sent_at is not null"),
                "payments succeeded",
                        database.number("payments", "select count(*) from payments where status = 'succeeded'"),
                "unsent",
                        List.of("orders", "payments", "subscriptions").stream()
                                .mapToLong(name ->
                                        database.number(name, "select count(*) from outbox where sent_at is null"))
                                .sum(),
                "on their way from Stripe", simulator.undelivered());
    }

    @Override
    public ProcessorTime processorTime() {
        return system.processorTime();
    }

    @Override
    public Map<String, Long> statements() {
        return database.statements();
    }

    @Override
    public void close() {
        system.close();
    }
}
