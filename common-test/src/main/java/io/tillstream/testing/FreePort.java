package io.tillstream.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that listen later, or stop and listen again. They lie below those that the system lends to whoever
 * connects anywhere: one of those can be somebody's by then.
 */
public final class FreePort {
    private static final int FIRST = 15_000; // above the usual ports of servers
    private static final int AFTER_LAST = 20_000; // where those that the launcher of deploy/local gives out begin

    /** Of each process its own, as far as they go: nobody knows what another has given out and does not use yet. */
    private static final int SLICE = 100;

    private static final int SLICES = (AFTER_LAST - FIRST) / SLICE;

    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePort() {}

    /** One that nobody listens on, and that no other call in this JVM returns. */
    public static synchronized int any() {
        for (int tries = 0; tries < AFTER_LAST - FIRST; tries++) {
            int slice = (int) ((ProcessHandle.current().pid() + tries / SLICE) % SLICES);
            int port = FIRST + slice * SLICE + ThreadLocalRandom.current().nextInt(SLICE);
            if (!GIVEN.contains(port) && isFree(port)) {
                GIVEN.add(port);
                return port;
            }
        }
        throw new IllegalStateException("No free port from " + FIRST + " to " + (AFTER_LAST - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
