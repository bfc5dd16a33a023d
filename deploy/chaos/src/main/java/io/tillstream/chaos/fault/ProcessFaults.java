package io.tillstream.chaos.fault;

import io.tillstream.chaos.machine.Instance;
import io.tillstream.chaos.machine.Machine;
import io.tillstream.chaos.machine.TcpProxy;
import io.tillstream.local.Part;
import java.time.Duration;

/** Processes that die, freeze or go away, and connections that break. */
final class ProcessFaults {
    private static final Duration PACKET_DELAY = Duration.ofMillis(150);

    private final Machine machine;

    ProcessFaults(Machine machine) {
        this.machine = machine;
    }

    Breakage kill(Instance instance) {
        return new Breakage(() -> machine.kill(instance), () -> machine.start(instance));
    }

    Breakage restart(Instance instance) {
        return new Breakage(() -> machine.stop(instance), () -> machine.start(instance));
    }

    Breakage pause(Instance instance) {
        return new Breakage(() -> machine.pause(instance), () -> machine.resume(instance));
    }

    /** All instances, one after the other: the next one goes when the former takes requests. */
    Breakage rolling(Part part) {
        return Breakage.atOnce(() -> machine.instances().stream()
                .filter(instance -> instance.part() == part)
                .forEach(instance -> {
                    machine.stop(instance);
                    machine.start(instance);
                }));
    }

    Breakage cut(Part service) {
        TcpProxy proxy = machine.database(service);
        return new Breakage(proxy::cut, proxy::restore);
    }

    Breakage slow(Part service) {
        TcpProxy proxy = machine.database(service);
        return new Breakage(() -> proxy.slowDown(PACKET_DELAY), proxy::restore);
    }
}
