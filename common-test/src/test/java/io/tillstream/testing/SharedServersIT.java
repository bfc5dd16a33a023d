package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two test JVMs of one run, and the run's end. */
class SharedServersIT {

    private Process run;
    private Path folder;

    @BeforeEach
    void beginRun() throws Exception {
        run = new ProcessBuilder("sleep", "300").start();
        folder = Files.createTempDirectory("shared-servers");
    }

    @AfterEach
    void endRun() {
        run.destroyForcibly();
    }

    @Test
    void allJvmsOfARunUseTheSameServersAndNothingIsLeftWhenTheRunWasKilled() throws Exception {
        List<Process> jvms = List.of(jvm(), jvm());
        List<List<String>> said = new ArrayList<>();
        for (Process jvm : jvms) {
            said.add(new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
            assertThat(jvm.waitFor()).as(said.toString()).isZero();
        }
        assertThat(said.get(0)).contains("the database counts to 3", "the broker has 1 node");
        assertThat(addresses(said.get(0))).hasSize(2).isEqualTo(addresses(said.get(1)));

        ProcessHandle servers = ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("pid"))))
                .orElseThrow();
        assertThat(addresses(said.get(0))).allMatch(SharedServersIT::answers);
        run.destroyForcibly();

        await().atMost(Duration.ofSeconds(60)).until(() -> !servers.isAlive());
        assertThat(addresses(said.get(0))).noneMatch(SharedServersIT::answers);
        assertThat(folder).doesNotExist();
    }

    private Process jvm() throws Exception {
        ProcessBuilder command = JavaProcess.of(BothServers.class, List.of("-Xmx256m"));
        command.environment().put("TEST_SERVERS", folder.toString());
        command.environment().put("TEST_SERVERS_OWNER", String.valueOf(run.pid()));
        command.environment().put(TestLogFiles.FOLDER, TestLogFiles.folder().toString());
        return command.start();
    }

    private static List<String> addresses(List<String> said) {
        return said.stream()
                .filter(line -> line.startsWith("address "))
                .map(line -> line.substring(line.lastIndexOf('/') + 1).replace("address ", ""))
                .toList();
    }

    private static boolean answers(String address) {
        String[] hostAndPort = address.split(":", 2);
        try (Socket socket = new Socket(hostAndPort[0], Integer.parseInt(hostAndPort[1]))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
