// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Euler: a donation that skipped the check of health
/// @notice A function added to the lending protocol's code let an account give its collateral tokens to the reserves and
/// did not ask afterwards whether its debt was still covered. An attacker made himself insolvent on purpose, liquidated
/// himself at the largest discount, and left the debt behind.
/// @custom:row 8
/// @custom:date 2023-03-13
/// @custom:loss about $197 million, later returned
/// @custom:cause one function of the protocol's own code without the check that all others end with
/// @custom:label not ours
/// @custom:left no value of any parameter, and no way of changing one, brings such a function in or takes it out: it is a fault of code, found by invariant tests of that code. What our contracts have of the kind is the rule itself: a rebalance ends with its checks on the state that it leaves, whichever trades were made, and the invariant runs of the vault include donations.
contract Incident08Test {}
