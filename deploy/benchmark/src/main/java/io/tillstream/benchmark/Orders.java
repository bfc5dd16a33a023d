package io.tillstream.benchmark;

import io.tillstream.benchmark.load.Latencies;
import io.tillstream.benchmark.load.Load;
import io.tillstream.benchmark.load.WarmUp;
import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.peer.ExpressShop;
import io.tillstream.benchmark.peer.LeftOut;
import io.tillstream.benchmark.peer.Shop;
import java.util.Map;

/** Orders paid by card in one call: until each is answered, and until all that Stripe tells of them is applied. */
final class Orders {
    private static final int CLIENTS = 8;

    private final Options options;
    private final Report report;
    private int placed;

    Orders(Options options, Report report) {
        this.options = options;
        this.report = report;
    }

    void run() {
        try (Shop shop = TillstreamShop.start(options.profiles())) {
            measure(shop);
        }
        if (options.peers()) {
            try (Shop shop = ExpressShop.start()) {
                measure(shop);
            } catch (LeftOut why) {
                report.note(Scenario.ORDERS, "left out: " + why.getMessage());
            }
        }
    }

    private void measure(Shop shop) {
        placed = 0;
        System.out.println("  " + shop.name() + " is started, and warms up");
        figure(shop, "the first order of all, ms", place(shop, 1, 1).millis(1));
        WarmUp warmUp = WarmUp.until(() -> rate(shop), options.warmUpRounds());
        String rates = warmUp.rates().stream()
                .map(rate -> String.format("%.1f", rate))
                .toList()
                .toString();
        report.note(
                Scenario.ORDERS,
                shop.name() + ": orders/s of the rounds to warm up " + rates
                        + (warmUp.agreed() ? "" : ", which do not agree within 5 %"));
        measure(shop, CLIENTS, options.orders());
        measure(shop, 1, Math.max(options.orders() / 4, 1));
    }

    private double rate(Shop shop) {
        double rate = place(shop, CLIENTS, options.orders()).perSecond();
        System.out.printf("  %s: %.1f orders/s%n", shop.name(), rate);
        return rate;
    }

    private void measure(Shop shop, int clients, int orders) {
        ProcessorTime before = shop.processorTime();
        Map<String, Long> asked = shop.statements();
        Latencies latencies = place(shop, clients, orders);
        ProcessorTime spent = shop.processorTime().since(before);
        Map<String, Long> asks = shop.statements();

        String who = clients == 1 ? "one client: " : clients + " clients: ";
        figure(shop, who + "orders/s", latencies.perSecond());
        figure(shop, who + "p50, ms", latencies.millis(0.5));
        figure(shop, who + "p99, ms", latencies.millis(0.99));
        double all = 0;
        for (Map.Entry<String, Long> process : spent.millis().entrySet()) {
            double each = process.getValue() / (double) orders;
            all += Shop.SIMULATOR.equals(process.getKey()) ? 0 : each;
            if (clients > 1) {
                figure(shop, "CPU an order, ms: " + process.getKey(), each);
            }
        }
        figure(shop, who + "CPU an order, ms: all but the simulator", all);
        if (clients > 1) {
            asks.forEach((name, calls) -> figure(
                    shop, "statements an order: " + name, (calls - asked.getOrDefault(name, 0L)) / (double) orders));
        }
    }

    /** Returns when all that was placed until now is settled by Stripe's events; an event that was lost ends the run. */
    private Latencies place(Shop shop, int clients, int orders) {
        Latencies latencies = Load.run(clients, orders, shop::buyer);
        placed += orders;
        shop.awaitSettled(placed);
        return latencies;
    }

    private void figure(Shop shop, String name, double value) {
        report.figure(Scenario.ORDERS, shop.name(), name, value);
    }
}
