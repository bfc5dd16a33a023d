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

    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePort() {}

    /** One that nobody listens on, and that no other call in this JVM returns. */
    public static synchronized int any() {
        for (int tries = 0; tries < AFTER_LAST - FIRST; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, AFTER_LAST);
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
