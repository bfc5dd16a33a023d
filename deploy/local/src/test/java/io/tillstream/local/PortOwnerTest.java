package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PortOwnerTest {
    private final long own = ProcessHandle.current().pid();

    @Test
    void aPortOfAnotherProcessIsNotTheParts() throws Exception {
        Process part = new ProcessBuilder("sleep", "600").start();
        try (ServerSocket socket = new ServerSocket(0)) {
            assertThat(PortOwner.isAnother(part.pid(), socket.getLocalPort())).isTrue();
            assertThat(PortOwner.isAnother(own, socket.getLocalPort())).isFalse();
        } finally {
            part.destroyForcibly();
        }
    }

    /** A start would never end if silence counted as another's. */
    @Test
    void aPortOnWhichNobodyListensIsNotAnothers() throws Exception {
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress("127.0.0.1", 0)); // no one else can listen there meanwhile

            assertThat(PortOwner.isAnother(own, silent.getLocalPort())).isFalse();
        }
    }
}
