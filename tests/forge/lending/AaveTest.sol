// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {LendingTest} from "./LendingTest.sol";

/// @notice What the tests call of Aave's registry of addresses.
interface IAaveAddresses {
    function setPoolImpl(address implementation) external;
    function setAddress(bytes32 id, address address_) external;
    function getPool() external view returns (address);
}

/// @notice What Aave's configurator calls of its pool; here the test is the configurator.
interface IAavePoolAdmin {
    struct Configuration {
        uint256 data;
    }

    function initReserve(
        address asset,
        address aToken,
        address stableDebt,
        address variableDebt,
        address rates
    ) external;
    function setConfiguration(address asset, Configuration calldata configuration) external;
}

/// @notice The real pool of Aave v3, from the bytecode that its makers publish, with its libraries and behind its proxy.
abstract contract AaveTest is LendingTest {
    string private constant _SOURCES = "contracts/protocol/";
    string private constant _ARTIFACTS = "node_modules/@aave/core-v3/artifacts/contracts/protocol/";

    IAavePoolAdmin internal pool;

    /// @dev What stands in bytecode for the address of each library, and that address.
    string[] private _placeholders;
    string[] private _addresses;

    function setUp() public virtual override {
        super.setUp();
        token = address(new TestToken("Bitcoin", "WBTC", 8));
        // Flash loans use the library of borrowing.
        _deployLibrary("BorrowLogic");
        _deployLibrary("BridgeLogic");
        _deployLibrary("EModeLogic");
        _deployLibrary("FlashLoanLogic");
        _deployLibrary("LiquidationLogic");
        _deployLibrary("PoolLogic");
        _deployLibrary("SupplyLogic");
        bytes memory arguments = abi.encode("main", address(this));
        IAaveAddresses addresses =
            IAaveAddresses(_deploy("configuration/PoolAddressesProvider", arguments));
        addresses.setPoolImpl(_deploy("pool/Pool", abi.encode(addresses)));
        addresses.setAddress("POOL_CONFIGURATOR", address(this));
        pool = IAavePoolAdmin(addresses.getPool());
    }

    /// @dev The pool calls none of these until somebody supplies or borrows.
    function _list(address asset) internal {
        pool.initReserve(asset, address(1), address(2), address(3), address(4));
    }

    function _deployLibrary(string memory name) private {
        string memory path = string.concat("libraries/logic/", name);
        address made = _deploy(path, "");
        string memory place = string.concat(_SOURCES, path, ".sol:", name);
        string memory digest = _cut(vm.toString(keccak256(bytes(place))), 2, 36);
        _placeholders.push(string.concat("__$", digest, "$__"));
        _addresses.push(_cut(vm.toString(made), 2, 42));
    }

    function _deploy(string memory path, bytes memory arguments) private returns (address made) {
        string[] memory parts = vm.split(path, "/");
        string memory name = parts[parts.length - 1];
        string memory json = vm.readFile(string.concat(_ARTIFACTS, path, ".sol/", name, ".json"));
        string memory text = vm.parseJsonString(json, ".bytecode");
        for (uint256 i = 0; i < _placeholders.length; ++i) {
            text = vm.replace(text, _placeholders[i], _addresses[i]);
        }
        bytes memory code = bytes.concat(vm.parseBytes(text), arguments);
        // solhint-disable-next-line no-inline-assembly -- bytecode of another compiler
        assembly {
            made := create(0, add(code, 0x20), mload(code))
        }
        require(made != address(0), "not deployed");
    }

    function _cut(string memory text, uint256 from, uint256 to)
        private
        pure
        returns (string memory)
    {
        bytes memory part = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) {
            part[i - from] = bytes(text)[i];
        }
        return string(part);
    }
}
