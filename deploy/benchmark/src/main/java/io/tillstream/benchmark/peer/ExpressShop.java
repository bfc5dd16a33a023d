package io.tillstream.benchmark.peer;

import io.tillstream.benchmark.load.HttpConnection;
import io.tillstream.benchmark.load.Work;
import io.tillstream.benchmark.load.WrongAnswer;
import io.tillstream.benchmark.measure.Database;
import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.measure.Simulator;
import io.tillstream.benchmark.measure.Until;
import io.tillstream.local.LocalSettings;
import io.tillstream.local.LocalTillstream;
import io.tillstream.local.Part;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Forty lines of Express with {@code pg} and {@code stripe}: what a shop writes that does without Tillstream. It has a PostgreSQL
 * and a simulator of its own, of the same kind.
 */
public final class ExpressShop implements Shop {
    private static final String DATABASE = "shop";
    private static final String ORDER =
            "{\"productId\":\"tidal-maps\",\"quantity\":1,\"paymentMethodId\":\"pm_card_visa\"}";

    private final LocalTillstream servers;
    private final PeerProcess node;
    private final URI address;
    private final Database database;
    private final Simulator simulator;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ExpressShop(LocalTillstream servers, PeerProcess node, URI address, Database database) {
        this.servers = servers;
        this.node = node;
        this.address = address;
        this.database = database;
        this.simulator = new Simulator(servers.url(Part.STRIPE_SIMULATOR));
    }

    public static Shop start() throws LeftOut {
        Path program = Npm.installed(LocalSettings.standard().root().resolve("deploy/benchmark/src/peers/express"));
        URI address = URI.create("http://127.0.0.1:" + PeerProcess.freePort());
        LocalSettings settings = LocalSettings.standard()
                .withData(Path.of("target/benchmark/peer-data").toAbsolutePath())
                .withParts(Set.of(Part.POSTGRESQL, Part.STRIPE_SIMULATOR))
                .withFreePorts()
                .withMeasurement()
                .with("SIMULATOR_BALANCE_DELAY", "0s")
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_WEBHOOK_URL", address + "/webhooks");
        LocalTillstream servers = new LocalTillstream(settings, true);
        try {
            servers.start();
            Database database = Database.of(servers.jdbcUrl("postgres"));
            database.execute("postgres", "create database " + DATABASE);
            ExpressShop shop = new ExpressShop(servers, launch(program, servers, address), address, database);
            Runtime.getRuntime().addShutdownHook(new Thread(shop::close, "stop-express"));
            return shop;
        } catch (RuntimeException failure) {
            servers.close();
            throw failure;
        }
    }

    private static PeerProcess launch(Path program, LocalTillstream servers, URI address) {
        Map<String, String> environment = Map.of(
                "NODE_ENV",
                "production",
                "PORT",
                Integer.toString(address.getPort()),
                "DATABASE",
                "postgresql://postgres:postgres@127.0.0.1:" + servers.port(Part.POSTGRESQL) + "/" + DATABASE,
                "STRIPE_PORT",
                Integer.toString(servers.port(Part.STRIPE_SIMULATOR)),
                "STRIPE_SECRET_KEY",
                "sk_test_tillstream",
                "WEBHOOK_SECRET",
                servers.webhookSecret());
        return PeerProcess.start(List.of("node", "shop.js"), environment, program.resolve("shop.log"));
    }

    @Override
    public String name() {
        return "Express shop";
    }

    @Override
    public Work buyer(int number) {
        HttpConnection connection = new HttpConnection(address);
        return new Work() {
            @Override
            public void once() throws IOException {
                HttpConnection.Answer answer =
                        connection.send("POST", "/orders", "Content-Type: application/json\r\n", ORDER);
                if (answer.status() != 201 || !answer.body().contains("\"status\":\"succeeded\"")) {
                    throw new WrongAnswer("POST /orders", answer);
                }
            }

            @Override
            public void close() throws IOException {
                connection.close();
            }
        };
    }

    @Override
    public void awaitSettled(int orders) {
        Until.equal(
                () -> Map.of(
                        "orders paid", database.number(DATABASE, "select count(*) from orders where status = 'paid'"),
                        "on their way from Stripe", simulator.undelivered()),
                Map.of("orders paid", (long) orders, "on their way from Stripe", 0L));
    }

    @Override
    public ProcessorTime processorTime() {
        Map<String, Long> processes = new LinkedHashMap<>();
        servers.parts().forEach(part -> processes.put(part.label(), servers.processId(part)));
        processes.put("node", node.id());
        return ProcessorTime.of(processes);
    }

    @Override
    public Map<String, Long> statements() {
        return database.statements();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            node.close();
            servers.close();
        }
    }
}
