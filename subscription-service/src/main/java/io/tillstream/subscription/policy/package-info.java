/** What another dunning policy would change, and how it is taken on. Read {@code PolicyFlow} first. */
@NullMarked
package io.tillstream.subscription.policy;

import org.jspecify.annotations.NullMarked;
