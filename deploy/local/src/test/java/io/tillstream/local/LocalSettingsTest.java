package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LocalSettingsTest {
    private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    /** Any process that connects anywhere may be given such a port before the part listens on it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void freePortsAreNotAmongThoseThatTheSystemGivesToConnections() throws Exception {
        int lowest = Integer.parseInt(Files.readAllLines(RANGE).get(0).split("\\s+", -1)[0]);

        assertThat(freePorts()).allMatch(port -> port < lowest);
    }

    @Test
    void everyPartHasAPortOfItsOwn() {
        assertThat(freePorts()).hasSize(Part.values().length).doesNotHaveDuplicates();
    }

    private static Collection<Integer> freePorts() {
        return LocalSettings.standard().withFreePorts().ports().values();
    }
}
