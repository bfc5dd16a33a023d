package io.tillstream.chaos.machine;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.local.LocalSettings;
import io.tillstream.local.LocalTillstream;
import io.tillstream.local.Part;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The whole system as processes of this machine, with something between them that can be broken: a balancer in front of
 * each service that runs twice, and a proxy between each service and its database.
 */
public final class Machine implements AutoCloseable {
    /** The services that own a database. */
    public static final Map<Part, String> DATABASES = Map.of(
            Part.ORDER_SERVICE, "orders", Part.PAYMENT_SERVICE, "payments", Part.SUBSCRIPTION_SERVICE, "subscriptions");

    private static final List<Part> SERVERS = List.of(Part.POSTGRESQL, Part.KAFKA, Part.STRIPE_SIMULATOR);

    private final LocalTillstream local;
    private final Readiness readiness = new Readiness();
    private final Map<Part, TcpProxy> databases = new EnumMap<>(Part.class);
    private final List<TcpProxy> balancers = new ArrayList<>();
    private final Set<Instance> paused = ConcurrentHashMap.newKeySet();
    private final boolean doubled;
    private final Path data;

    private Machine(Path folder, List<String> people, boolean doubled, boolean writesClasses) {
        this.doubled = doubled;
        this.data = folder;
        LocalSettings settings =
                Limits.in(LocalSettings.standard().withData(folder).withFreePorts());
        for (String person : people) {
            settings = withPerson(settings, person);
        }
        settings = withDatabaseProxies(settings);
        Map<Part, Integer> second = new ConcurrentHashMap<>();
        settings = withBalancers(settings, second);
        this.local = new LocalTillstream(settings, writesClasses);
        if (doubled) {
            Instance.DOUBLED.forEach(
                    part -> second.put(part, local.second().url(part).getPort()));
        }
        Instance.DOUBLED.forEach(part -> readiness.watch(local.port(part)));
        second.values().forEach(readiness::watch);
    }

    /**
     * Starts all of it, with an empty account, empty databases and topics.
     *
     * @param people who can sign in, beside the operator
     * @param doubled whether two instances of each consumer run
     * @param writesClasses whether processes keep their classes for later starts, which is the work of a start
     */
    public static Machine start(Path folder, List<String> people, boolean doubled, boolean writesClasses) {
        Machine machine = new Machine(folder, people, doubled, writesClasses);
        try {
            machine.local.start();
            if (doubled) {
                Instance.DOUBLED.stream().parallel().forEach(machine.local.second()::start);
            }
            return machine;
        } catch (RuntimeException failure) {
            machine.close();
            throw failure;
        }
    }

    /** All processes that may be killed: services, and identity. */
    public List<Instance> instances() {
        List<Instance> all = new ArrayList<>();
        local.parts().stream()
                .filter(part -> part != Part.POSTGRESQL && part != Part.KAFKA && part != Part.STRIPE_SIMULATOR)
                .forEach(part -> all.add(Instance.first(part)));
        if (doubled) {
            Instance.DOUBLED.forEach(part -> all.add(Instance.second(part)));
        }
        return all;
    }

    public void kill(Instance instance) {
        if (instance.second()) {
            local.second().kill(instance.part());
        } else {
            local.kill(instance.part());
        }
    }

    public void stop(Instance instance) {
        if (instance.second()) {
            local.second().stop(instance.part());
        } else {
            local.stop(instance.part());
        }
    }

    /** Starts it and returns when it takes requests; nothing if it runs. */
    public void start(Instance instance) {
        if (isRunning(instance)) {
            return;
        }
        if (instance.second()) {
            local.second().start(instance.part());
        } else {
            local.start(instance.part());
        }
    }

    /** It gets no more processor time, as a virtual machine that is moved, or one that swaps. */
    public void pause(Instance instance) {
        signal("STOP", instance);
        paused.add(instance);
    }

    public void resume(Instance instance) {
        paused.remove(instance);
        signal("CONT", instance);
    }

    /**
     * Whatever is still broken is whole again: what does not run is started, what is paused goes on, Stripe answers as it should.
     *
     * @return false if nothing was broken
     */
    public boolean mend() {
        List<Instance> down = new ArrayList<>();
        Stream.concat(SERVERS.stream().map(Instance::first), instances().stream())
                .filter(instance -> !isRunning(instance))
                .forEach(down::add);
        boolean broken = !paused.isEmpty() || !down.isEmpty();
        List.copyOf(paused).forEach(this::resume);
        databases.values().forEach(TcpProxy::restore);
        down.forEach(this::start);
        for (String faults : List.of("/faults", "/deliveries/faults")) {
            broken |= forgotten(faults);
        }
        return broken;
    }

    /** Ends what is still planted at Stripe; false if nothing was. */
    private boolean forgotten(String faults) {
        Stripe stripe = new Stripe(local.url(Part.STRIPE_SIMULATOR));
        Answer planted = stripe.control("GET", faults, null);
        Answer left = stripe.control("DELETE", faults, null);
        if (!left.isSuccess() || !left.json().path("faults").isEmpty()) {
            throw new IllegalStateException("Stripe's faults do not end: " + left.status() + " " + left.body());
        }
        return !planted.json().path("faults").isEmpty();
    }

    /** The way of a service to its database. */
    public TcpProxy database(Part service) {
        return Objects.requireNonNull(databases.get(service), () -> service.label() + " has no database");
    }

    /** Whether all processes run and take requests. */
    public boolean isWhole() {
        boolean servers = local.isRunning(Part.POSTGRESQL)
                && local.isRunning(Part.KAFKA)
                && local.isRunning(Part.STRIPE_SIMULATOR);
        return servers && paused.isEmpty() && instances().stream().allMatch(this::takesRequests);
    }

    private boolean takesRequests(Instance instance) {
        return isRunning(instance) && readiness.isReady(url(instance).getPort());
    }

    /** Where an instance itself is found. */
    public URI url(Instance instance) {
        return instance.second() ? local.second().url(instance.part()) : local.url(instance.part());
    }

    public LocalTillstream local() {
        return local;
    }

    /** What all processes have written. */
    public Path logs() {
        return data.resolve("logs");
    }

    @Override
    public void close() {
        List.copyOf(paused).forEach(this::resume);
        databases.values().forEach(TcpProxy::restore);
        local.close();
        databases.values().forEach(TcpProxy::close);
        balancers.forEach(TcpProxy::close);
        readiness.close();
    }

    private boolean isRunning(Instance instance) {
        return instance.second() ? local.second().isRunning(instance.part()) : local.isRunning(instance.part());
    }

    private void signal(String signal, Instance instance) {
        long process = instance.second() ? local.second().processId(instance.part()) : local.processId(instance.part());
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException(instance.label() + " does not take " + signal);
            }
        } catch (IOException cause) {
            throw new IllegalStateException("kill is not there", cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    private LocalSettings withDatabaseProxies(LocalSettings settings) {
        LocalSettings changed = settings;
        int postgres = Objects.requireNonNull(settings.ports().get(Part.POSTGRESQL));
        for (Map.Entry<Part, String> database : DATABASES.entrySet()) {
            TcpProxy proxy = TcpProxy.to(() -> List.of(postgres));
            databases.put(database.getKey(), proxy);
            changed = changed.with(
                    database.getKey(), "DB_URL", "postgresql://127.0.0.1:" + proxy.port() + "/" + database.getValue());
        }
        return changed;
    }

    /** @param second the ports of the second instances, known later */
    private LocalSettings withBalancers(LocalSettings settings, Map<Part, Integer> second) {
        LocalSettings changed = settings;
        for (Part part : Instance.DOUBLED) {
            int first = Objects.requireNonNull(settings.ports().get(part));
            TcpProxy balancer = TcpProxy.to(() -> {
                Integer other = second.get(part);
                return readiness.inOrder(other == null ? List.of(first) : List.of(first, other));
            });
            balancers.add(balancer);
            String setting = part.label().toUpperCase(java.util.Locale.ROOT).replace('-', '_') + "_URL";
            changed = changed.with(setting, "http://127.0.0.1:" + balancer.port());
        }
        return changed;
    }

    private static LocalSettings withPerson(LocalSettings settings, String person) {
        String prefix = "IDENTITY_PEOPLE_" + person.toUpperCase(java.util.Locale.ROOT) + "_";
        return settings.with(Part.IDENTITY, prefix + "NAME", person)
                .with(Part.IDENTITY, prefix + "EMAIL", person + "@example.com")
                .with(Part.IDENTITY, prefix + "PASSWORD", person + "-password")
                .with(Part.IDENTITY, prefix + "OPERATOR", "false");
    }
}
