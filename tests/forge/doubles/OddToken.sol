// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "../../../contracts/mocks/TestToken.sol";

/// @notice A token with a fault that is switched on when a test wants it.
contract OddToken is TestToken {
    enum Fault {
        None,
        Reverts,
        AnswersFalse,
        BurnsGas,
        AnswersMegabytes,
        TakesFee,
        ChargesSender,
        CallsBack
    }

    Fault public fault;
    address private _callee;
    bytes private _call;
    bool public callRefused;
    bytes4 public refusal;

    constructor(string memory symbol_, uint8 decimals_) TestToken(symbol_, symbol_, decimals_) {}

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    /// @notice What the token calls in the middle of each transfer.
    function setCall(address callee, bytes calldata call) external {
        fault = Fault.CallsBack;
        _callee = callee;
        _call = call;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        if (fault == Fault.Reverts) revert("frozen");
        if (fault == Fault.AnswersFalse) return false;
        if (fault == Fault.BurnsGas) while (true) {}
        if (fault == Fault.AnswersMegabytes) {
            // solhint-disable-next-line no-inline-assembly -- no other way to answer so much
            assembly {
                revert(0, 200000)
            }
        }
        return super.transfer(to, value);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (fault == Fault.TakesFee && from != address(0)) {
            super._update(from, address(0xfee), value / 100);
            value -= value / 100;
        }
        if (fault == Fault.ChargesSender && from != address(0)) {
            super._update(from, address(0xfee), value / 100);
        }
        if (fault == Fault.CallsBack) {
            (bool success, bytes memory answer) = _callee.call(_call);
            callRefused = !success;
            refusal = bytes4(answer);
        }
        super._update(from, to, value);
    }
}
