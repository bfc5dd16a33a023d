@NullMarked
package io.tillstream.simulator.paymentmethod;

import org.jspecify.annotations.NullMarked;
